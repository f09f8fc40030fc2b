import { defineRun, dense, fromArrays, type RunOptions, sequential } from '@lockstep/core';
import { compile, prepareRun } from '@lockstep/core/engine';
import { expect, it } from 'vitest';
import { planReduceTrial, type ReduceTrial } from './reduceTrial.ts';

/** About 1.1 million points a step of 64 rows: 33 µs by the estimate. */
function planned(steps: number, workers: number, changes: Partial<RunOptions> = {}): ReduceTrial | undefined {
  const run = defineRun({
    data: fromArrays({
      x: { values: new Float32Array(200 * 64), shape: [64] },
      y: { values: new Float32Array(200), shape: [1] },
    }),
    model: sequential(dense(127), dense(1)),
    loss: 'meanSquaredError',
    epochs: 1,
    batchSize: 64,
    lanes: 4,
    ...changes,
  });
  const { sources } = prepareRun(run);
  return planReduceTrial(sources, compile(sources, { workers }), steps)?.trial;
}

it('a long run of several workers, each with as many lanes, is worth a trial', () => {
  const trial = { fused: 'train', tree: 'train.tree', mostSteps: 40_000 };
  expect(planned(2_000_000, 2)).toEqual(trial);
  expect(planned(2_000_000, 4)).toEqual(trial);
});

it.each([
  ['one worker has nobody to combine with', 2_000_000, 1, {}],
  ['one lane is nothing to combine', 2_000_000, 2, { lanes: 1 }],
  ['3 workers cannot have equally many of 4 lanes', 2_000_000, 3, {}],
  ['8 workers of 4 lanes would wait', 2_000_000, 8, {}],
  ['16 lanes are too many buffers', 2_000_000, 2, { lanes: 16 }],
  ['a run of a second is over before it pays', 20_000, 2, {}],
] as const)('%s', (_, steps, workers, changes) => {
  expect(planned(steps, workers, changes)).toBeUndefined();
});
