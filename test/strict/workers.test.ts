import { defineRun, dense, dropout, fit, optimizerHash, type Run, sequential } from '@lockstep/core';
import { train } from '@lockstep/parallel';
import { describe, expect, it } from 'vitest';
import digits from '../../examples/digits/train.ts';
import { hasData } from '../hasData.ts';
import { waysFor } from './pairings.ts';

const workers = [1, 2, 3, 5, 8, 16];

/** What `lockstep verify` is for, a few steps of each. */
const runs: Readonly<Record<string, () => Promise<Run>>> = {
  digits: async () => defineRun({ ...digits.options, maxSteps: 24 }),
  dropout: async () =>
    defineRun({
      ...digits.options,
      model: sequential(dense(40, { activation: 'tanh' }), dropout(0.4), dense(10)),
      maxSteps: 24,
    }),
  clipping: async () => defineRun({ ...digits.options, clipNorm: 0.1, batchSize: 128, maxSteps: 10 }),
  // 1,438 rows: 14 mini-batches of 100, and one of 38.
  'a ragged last mini-batch': async () => defineRun({ ...digits.options, batchSize: 100, maxSteps: 17 }),
  ...(hasData('mnist') && {
    MNIST: async () => {
      const { default: run } = await import('../../examples/mnist-mlp/train.ts');
      return defineRun({ ...run.options, data: run.train, batchSize: 128, maxSteps: 10 });
    },
  }),
};

const names = Object.keys(runs);

describe.each(Object.entries(runs))('the bits of %s', { timeout: 60_000 }, (name, makeRun) => {
  const alone = makeRun().then(async (run) => ({ run, result: await fit(run) }));

  it.each(waysFor(name, names.indexOf(name), workers, 3))(
    'are those of one thread with %i workers',
    async (count) => {
      const { run, result } = await alone;
      const { steps, weightsHash, variables, history } = await train(run, { workers: count });
      expect([steps, weightsHash, optimizerHash(variables.values())]).toEqual([
        run.maxSteps,
        result.weightsHash,
        optimizerHash(result.variables.values()),
      ]);
      expect(history.map(({ loss, valLoss }) => [loss, valLoss])).toEqual(
        result.history.map(({ loss, valLoss }) => [loss, valLoss]),
      );
    },
  );
});
