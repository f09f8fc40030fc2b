import { defineRun, type Run } from '@lockstep/core';
import { describe, expect, it } from 'vitest';
import { smallRunOptions } from '../../../core/src/train/testing/smallRun.ts';
import { type TrainOptions, train } from '../coordinator/train.ts';
import { checkMode } from './checkMode.ts';
import type { Mode, ModeName } from './mode.ts';

const run = defineRun({ ...smallRunOptions, epochs: 1 });

it.each<[Mode | ModeName | undefined, Mode]>([
  [undefined, { name: 'sync' }],
  ['stale', { name: 'stale', bound: 4 }],
  [
    { delayCompensation: 0.5, name: 'server' },
    { name: 'server', slots: 1, stalenessAware: false, delayCompensation: 0.5 },
  ],
  [
    { name: 'local', outerMomentum: 0.9, replicas: 2 },
    { name: 'local', replicas: 2, steps: 8, outerLearningRate: 1, outerMomentum: 0.9 },
  ],
])('mode %o has all its options, in their order', (asked, whole) => {
  // As text, since records are compared so.
  expect(JSON.stringify(checkMode(asked))).toBe(JSON.stringify(whole));
});

it.each<[Mode, string]>([
  [{ name: 'local', replicas: 1025 }, 'wanted an integer from 1 to 1024'],
  [{ name: 'stale', bound: 0.5 }, 'wanted an integer from 0'],
  [{ name: 'server', slots: 1025 }, 'wanted an integer from 1 to 1024'],
  // Infinity, 0 and 1, as float32.
  [{ name: 'server', delayCompensation: 1e300 }, 'wanted a number from 0, as a float32 too'],
  [{ name: 'local', outerLearningRate: 1e39 }, 'wanted a number above 0, as a float32 too'],
  [{ name: 'local', outerLearningRate: 1e-46 }, 'wanted a number above 0, as a float32 too'],
  [{ name: 'local', outerMomentum: 1 - 2 ** -30 }, 'wanted a number from 0 to below 1, as a float32 too'],
])('mode %o is told what is wanted', (asked, says) => {
  expect(() => checkMode(asked)).toThrow(says);
});

it.each<[unknown, string]>([
  [null, 'BAD_OPTION'],
  [3, 'BAD_OPTION'],
  [{}, 'UNKNOWN_OPTION'],
])('%o is no mode', async (mode, code) => {
  const asked = { workers: 1, mode } as TrainOptions;
  await expect(train(run, asked)).rejects.toMatchObject({
    code,
    where: { field: 'mode' },
    wanted: expect.stringContaining('hogwild'),
  });
});

describe('an option that a mode has no use for', () => {
  it.each<[ModeName, TrainOptions, string]>([
    ['stale', { reduce: 'tree' }, 'reduce'],
    ['local', { reduce: 'naive' }, 'reduce'],
    ['hogwild', { copySeconds: 0 }, 'copySeconds'],
    ['server', { copySeconds: 5 }, 'copySeconds'],
  ])('%s %o', async (mode, options, field) => {
    const refused = { code: 'BAD_OPTION', where: { field }, hint: expect.stringContaining('Leave it out') };
    await expect(train(run, { workers: 1, mode, ...options })).rejects.toMatchObject(refused);
  });

  it('is not one that asks for nothing, or that it has a use for', async () => {
    const options = { mode: 'local', reduce: 'auto', copySeconds: 1 } as const;
    expect((await train(run, { workers: 1, ...options })).steps).toBe(5);
  });
});

async function warningsOf(of: Run, mode: ModeName): Promise<readonly string[]> {
  const warnings: string[] = [];
  await train(of, {
    workers: 1,
    mode,
    onEvent: (event) => {
      if (event.type === 'warning') warnings.push(event.message);
    },
  });
  return warnings;
}

it('says that norms cannot be measured, where they are asked for', async () => {
  const asked = defineRun({ ...run.options, norms: true });
  expect(await warningsOf(asked, 'server')).toEqual([expect.stringContaining('measures no norms')]);
  expect(await warningsOf(asked, 'hogwild')).toEqual([]);
  expect(await warningsOf({ ...run, norms: true }, 'server')).toEqual([]);
});
