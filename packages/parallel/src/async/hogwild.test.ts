import { defineRun, embedding, fit, fromArrays, model, ops, type Run, sgd } from '@lockstep/core';
import { expect, it } from 'vitest';
import { train } from '../coordinator/train.ts';

const rows = 512;

/** Two tables of which a mini-batch names rows: the id of each row of the data is that of no other, or of some others. */
const factors = (ids: number): Run =>
  defineRun({
    data: fromArrays({
      user: { values: Int32Array.from({ length: rows }, (_, row) => (row * 7) % ids) },
      item: { values: Int32Array.from({ length: rows }, (_, row) => (row * 5 + 1) % ids) },
      rating: { values: Float32Array.from({ length: rows }, (_, row) => ((row * 29) % 31) / 31) },
    }),
    model: model({
      inputs: { user: { shape: [], dtype: 'int32' }, item: { shape: [], dtype: 'int32' } },
      build: ({ user, item }, layer) => {
        const users = layer('users', embedding({ vocabulary: ids, features: 32 }))(user);
        const items = layer('items', embedding({ vocabulary: ids, features: 32 }))(item);
        return { output: ops.sum(ops.mul(users, items), { axes: [1] }) };
      },
    }),
    loss: 'meanSquaredError',
    optimizer: sgd({ learningRate: 2, momentum: 0.5 }),
    batchSize: 8,
    epochs: 6,
    seed: 3,
  });

it('has the bits of one worker where no two mini-batches of an epoch name the same rows', async () => {
  const run = factors(rows);
  const { weightsHash } = await fit(run);
  const free = await train(run, { workers: 2, mode: 'hogwild' });
  expect(free.weightsHash).toBe(weightsHash);
  const kept = await train(run, { workers: 2, mode: 'hogwild', onOrder: () => {} });
  expect(kept.weightsHash).toBe(weightsHash);
});

it('of tables whose rows several mini-batches name has the bits again that it had', async () => {
  const run = factors(40);
  const orders: Int32Array[] = [];
  const first = await train(run, { workers: 2, mode: 'hogwild', onOrder: (order) => orders.push(order) });
  const again = await train(run, { workers: 2, mode: 'hogwild', replay: orders });
  expect(again.weightsHash).toBe(first.weightsHash);
});
