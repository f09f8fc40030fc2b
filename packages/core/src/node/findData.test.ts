import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { dataFolder, findData } from './findData.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-data-'));
  vi.stubEnv('LOCKSTEP_DATA', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function put(parent: string, ...names: readonly string[]): string {
  const mnist = join(parent, 'mnist');
  mkdirSync(mnist, { recursive: true });
  for (const name of names) writeFileSync(join(mnist, name), '');
  return mnist;
}

it('looks in LOCKSTEP_DATA, else in the cache of the user', () => {
  expect(dataFolder()).toBe(folder);
  vi.stubEnv('LOCKSTEP_DATA', '');
  vi.stubEnv('XDG_CACHE_HOME', '/somewhere');
  expect(dataFolder()).toBe(join('/somewhere', 'lockstep', 'data'));
});

it('finds a data set whose files are all there, packed or not', () => {
  const mnist = put(
    folder,
    'train-images-idx3-ubyte.gz',
    'train-labels-idx1-ubyte',
    't10k-images-idx3-ubyte.gz',
  );
  expect(() => findData('mnist')).toThrow(
    expect.objectContaining({
      code: 'DATA_MISSING',
      got: `${mnist} without t10k-labels-idx1-ubyte.gz`,
      hint: expect.stringContaining('`lockstep data get mnist`'),
    }),
  );
  put(folder, 't10k-labels-idx1-ubyte.gz');
  expect(findData('mnist')).toBe(mnist);
});

it('goes on to other folders', () => {
  const other = join(folder, 'other');
  const names = ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte', 't10k-images-idx3-ubyte'];
  put(other, ...names, 't10k-labels-idx1-ubyte');
  expect(findData('mnist', { folders: [other] })).toBe(join(other, 'mnist'));
  expect(() => findData('mnist')).toThrow(
    expect.objectContaining({ got: undefined, wanted: `its files in ${join(folder, 'mnist')}` }),
  );
});

it('knows the name that was meant', () => {
  expect(() => findData('mnst')).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_OPTION', hint: 'Did you mean "mnist"?' }),
  );
});
