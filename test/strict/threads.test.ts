import { defineRun } from '@lockstep/core';
import type { EngineFactory } from '@lockstep/core/engine';
import { type ThreadsOptions, threadsEngine } from '@lockstep/parallel';
import { describe, expect, it } from 'vitest';
import { canRunProducts } from '../../packages/core/src/node/installProducts.ts';
import { trainedByEngine } from '../../packages/core/src/train/testing/trainedBits.ts';
import { goldenBits, marksOf } from './golden.ts';
import { waysFor } from './pairings.ts';
import { goldenNames, goldenRuns } from './runs.ts';

const ways: readonly ThreadsOptions[] = [
  { workers: 1 },
  { workers: 2, wide: true },
  { workers: 2, reduce: 'tree' },
  { workers: 3 },
  { workers: 3, reduce: 'naive', wide: true },
  { workers: 5, reduce: 'tree' },
  { workers: 5 },
  ...(canRunProducts()
    ? [{ workers: 2, machineCode: true }, { workers: 3, reduce: 'tree', machineCode: true } as const]
    : []),
];

describe.each(goldenNames)('the golden bits of %s', { timeout: 60_000 }, (name) => {
  const golden = goldenRuns[name];
  const marks = marksOf(golden).filter((step) => step <= golden.interpreted);

  it.each(waysFor(name, goldenNames.indexOf(name), ways, 5))('come out of threads: %o', async (options) => {
    const make: EngineFactory = threadsEngine(options);
    expect(await trainedByEngine(golden.run, make, 1, marks)).toEqual(goldenBits(name, golden.interpreted));
  });
});

it.each<ThreadsOptions>([{ workers: 2 }, { workers: 3, reduce: 'tree' }, { workers: 5, reduce: 'naive' }])(
  'come out of mini-batches that threads compute in parts: %o',
  { timeout: 60_000 },
  async (options) => {
    const { run, interpreted } = goldenRuns.everything;
    // Of 24 + 23 + 23 rows: a lane at a time.
    const parts = defineRun({ ...run.options, microBatch: 24 });
    const marks = marksOf(goldenRuns.everything).filter((step) => step <= interpreted);
    expect(await trainedByEngine(parts, threadsEngine(options), 1, marks)).toEqual(
      goldenBits('everything', interpreted),
    );
  },
);

it('come out of two engines at once, one of which loses a thread', { timeout: 60_000 }, async () => {
  const { everything, digits } = goldenRuns;
  const warnings: string[] = [];
  const disturbed = threadsEngine({
    workers: 2,
    chaos: [{ kind: 'exit', rank: 1, step: 9, phase: 1 }],
    onWarning: (message) => warnings.push(message),
  });
  const [first, second] = await Promise.all([
    trainedByEngine(everything.run, disturbed, 1, marksOf(everything)),
    trainedByEngine(digits.run, threadsEngine({ workers: 3 }), 1, [digits.interpreted]),
  ]);
  expect(first).toEqual(goldenBits('everything'));
  expect(second).toEqual(goldenBits('digits').filter(({ step }) => step === digits.interpreted));
  expect(warnings).toHaveLength(1);
});
