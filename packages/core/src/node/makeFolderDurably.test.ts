import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeFolderDurably } from './makeFolderDurably.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-folder-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('makes a folder and those that it lies in, once', () => {
  const path = join(folder, 'a', 'b', 'c');
  makeFolderDurably(path);
  makeFolderDurably(path);
  expect(existsSync(path)).toBe(true);
});

it.skipIf(!existsSync('/proc'))('throws where nothing can be made', () => {
  expect(() => makeFolderDurably('/proc/lockstep/run')).toThrow(/ENOENT|EACCES|EPERM|EROFS/);
});

it('throws where there is a file', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(() => makeFolderDurably(file)).toThrow(/EEXIST/);
  expect(() => makeFolderDurably(join(file, 'run'))).toThrow(/ENOTDIR/);
});
