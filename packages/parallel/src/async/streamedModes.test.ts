import { type Dataset, defineRun, dense, fit, type Run, sequential } from '@lockstep/core';
import { expect, it } from 'vitest';
import { patternInMemory, patternStream } from '../../../core/src/data/testing/patternData.ts';
import { type TrainOptions, train } from '../coordinator/train.ts';

const [rows, batchSize, epochs] = [250, 20, 2];

/** Windows of 48 rows: mini-batches reach from one into the next. */
const blocks = { blockRows: 16, windowBlocks: 3 };
const stream = (delay = 0): Dataset => patternStream({ rows, delay }, blocks);

const runOf = (data: Dataset): Run =>
  defineRun({
    data,
    model: sequential(dense(8, { activation: 'tanh' }), dense(3)),
    loss: 'sparseCategoricalCrossentropy',
    optimizer: 'adam',
    epochs,
    batchSize,
    seed: 4,
  });

it('one worker has the bits of rows in memory', async () => {
  const alone = await train(runOf(stream()), { workers: 1, mode: 'hogwild' });
  expect(alone.weightsHash).toBe((await fit(runOf(patternInMemory(rows, blocks)))).weightsHash);
});

it('two make all steps of all windows, and a replay has the bits again when they come later', async () => {
  const orders: Int32Array[] = [];
  const options: TrainOptions = { workers: 2, mode: 'hogwild' };
  const first = await train(runOf(stream()), { ...options, onOrder: (order) => orders.push(order) });
  const steps = Math.ceil(rows / batchSize);
  expect(first.steps).toBe(epochs * steps);
  // A row of steps for each window that has come, of which each step is read for and applied.
  const lengths = orders.map(({ length }) => length / 4);
  expect(orders.length).toBeGreaterThan(epochs);
  expect(lengths.reduce((total, length) => total + length)).toBe(epochs * steps);
  const updates = first.staleness?.map((worker) => worker.updates) ?? [];
  expect(updates.reduce((total, made) => total + made)).toBe(epochs * steps);
  const again = await train(runOf(stream(5)), { ...options, replay: orders });
  expect(again.weightsHash).toBe(first.weightsHash);
  expect(again.history.map(({ loss }) => loss)).toEqual(first.history.map(({ loss }) => loss));
});
