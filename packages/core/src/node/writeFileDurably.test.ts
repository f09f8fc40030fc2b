import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { moveDurably, writeFileDurably } from './writeFileDurably.ts';

it('replaces a file whole and leaves nothing beside it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-write-'));
  const file = join(folder, 'run.json');
  writeFileDurably(file, 'a long first content');
  writeFileDurably(file, 'é');
  expect(readFileSync(file, 'utf8')).toBe('é');
  writeFileDurably(file, Uint8Array.of(0, 255, 13, 10));
  expect([...readFileSync(file)]).toEqual([0, 255, 13, 10]);
  expect(readdirSync(folder)).toEqual(['run.json']);
  expect(() => writeFileDurably(join(folder, 'missing', 'run.json'), 'x')).toThrow(/ENOENT/);
  rmSync(folder, { recursive: true });
});

it('gives a file its name, in place of the one that has it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-write-'));
  const [from, to] = [join(folder, 'file.part'), join(folder, 'file')];
  writeFileDurably(to, 'old');
  writeFileDurably(from, 'new');
  moveDurably(from, to);
  expect(readdirSync(folder)).toEqual(['file']);
  expect(readFileSync(to, 'utf8')).toBe('new');
  rmSync(folder, { recursive: true });
});
