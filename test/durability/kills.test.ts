import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runLives } from './runLives.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-kills-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(`${folder}.calls`);
});

// A fixed handful; `pnpm soak kills` has 200, in front of every kind of call, in every phase and at random moments.
it('a run whose process is killed again and again ends in the bits of one that was not', {
  timeout: 60_000,
}, async () => {
  const ends = await runLives(folder, [
    { workers: 1, death: { call: 'rename run.json 1' } },
    { workers: 2, death: { call: 'write step.ckpt.tmp 60' } },
    { workers: 3, death: { call: 'fsync step.ckpt.tmp 2' } },
    { workers: 2, death: { call: 'rename step.ckpt 3' } },
    { workers: 1, death: { call: 'rm step.ckpt 2' } },
    { workers: 2, death: { rank: { rank: 1, step: 3, phase: 1 } } },
  ]);
  expect(ends.map(({ how }) => how)).toEqual(Array.from({ length: 6 }, () => 'killed'));
  // They get on all the same.
  const steps = ends.map(({ from }) => from);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  expect(steps.at(-1)).toBeGreaterThan(3);
});
