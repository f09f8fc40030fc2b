import { expect, test } from 'vitest';
import { fromArrays } from '../data/fromArrays.ts';
import { zeros } from '../nn/initializers/constant.ts';
import { dense } from '../nn/layers/index.ts';
import { sgd } from '../optim/sgd.ts';
import { defineRun } from './defineRun.ts';
import { findLearningRate } from './findLearningRate.ts';
import { fit } from './fit.ts';
import type { RunOptions } from './runOptions.ts';

/** w x against 3 x with x of 1 and -1: the loss is (w - 3)^2, and a step of rate r leaves (w - 3) (1 - 2 r). */
const options: RunOptions = {
  data: fromArrays({ x: [[1], [-1]], y: [[3], [-3]] }),
  model: dense(1, { useBias: false, kernelInitializer: zeros }),
  loss: 'meanSquaredError',
  optimizer: sgd(),
  epochs: 1,
  batchSize: 2,
};

test('finds where the loss falls fastest, on a loss that is known', async () => {
  const run = defineRun({ ...options, callbacks: [{ onEpoch: () => 'stop' }], earlyStopping: {} });
  const {
    suggestion = 0,
    lowest = 0,
    points,
  } = await findLearningRate(run, { from: 1e-4, to: 10, steps: 60 });
  // Next to 3 float32 holds few digits of the distance, which later steps enlarge: so in float32.
  let distance = 3;
  for (const [at, { learningRate, loss }] of points.entries()) {
    expect(learningRate).toBeCloseTo(1e-4 * 1e5 ** (at / 59), 12);
    expect(loss / distance ** 2).toBeCloseTo(1, 5);
    const weight = 3 - distance;
    distance = 3 - Math.fround(weight + Math.fround(2 * distance * learningRate));
  }
  // Half a step is the best rate; above a whole one the loss grows, and the search ends before 10.
  expect(suggestion).toBeGreaterThan(0.01);
  expect(suggestion).toBeLessThan(0.5);
  expect(lowest).toBeGreaterThan(suggestion);
  expect(points.length).toBeLessThan(60);
});

test('leaves the run as it was, and finds the same wherever it is computed', async () => {
  const run = defineRun({ ...options, epochs: 5 });
  const { weightsHash } = await fit(run);
  const found = await findLearningRate(run);
  expect(await findLearningRate(run, { executor: 'simulate', workers: 3 })).toEqual(found);
  expect((await fit(run)).weightsHash).toBe(weightsHash);
});

test('ends where the loss is no number any more', async () => {
  const run = defineRun(options);
  const { points } = await findLearningRate(run, { from: 1e20, to: 1e30, steps: 4 });
  expect(points.length).toBeGreaterThan(0);
  expect(points.every(({ loss }) => Number.isFinite(loss))).toBe(true);
});

test('suggests nothing where nothing falls', async () => {
  const run = defineRun(options);
  expect(await findLearningRate(run, { from: 1e-30, to: 1e-29, steps: 20 })).not.toHaveProperty('suggestion');
});

test('bad options are refused', async () => {
  const run = defineRun(options);
  await expect(findLearningRate(run, { from: 1, to: 0.1 })).rejects.toThrow('findLearningRate.to');
  await expect(findLearningRate(run, { steps: 0 })).rejects.toThrow('findLearningRate.steps');
});
