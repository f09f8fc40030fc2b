import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mode } from '@lockstep/parallel';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { modeWarning } from './modeWarning.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-mode-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each<[string, object, Mode, boolean]>([
  ['the same, its default said', { mode: { name: 'stale' } }, { name: 'stale', bound: 4 }, false],
  ['the same, in another order', { mode: { bound: 2, name: 'stale' } }, { name: 'stale', bound: 2 }, false],
  ['of a time when there was one mode', {}, { name: 'sync' }, false],
  ['another', {}, { name: 'hogwild' }, true],
  ['other options', { mode: { name: 'stale' } }, { name: 'stale', bound: 2 }, true],
  ['one that there is not', { mode: { name: 'later', x: 1 } }, { name: 'sync' }, true],
])('a run that goes on, its mode %s', (_, description, mode, warns) => {
  writeFileSync(join(folder, 'run.json'), JSON.stringify(description));
  expect(modeWarning(folder, mode)).toHaveLength(warns ? 1 : 0);
});

it('says nothing of a run whose mode it cannot know', () => {
  expect(modeWarning(undefined, { name: 'hogwild' })).toEqual([]);
  expect(modeWarning(join(folder, 'nowhere'), { name: 'hogwild' })).toEqual([]);
});
