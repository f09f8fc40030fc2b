import { expect, it } from 'vitest';
import { fromArrays } from '../data/fromArrays.ts';
import { batchNorm, dense, dropout, embedding, sequential } from '../nn/layers/index.ts';
import { model } from '../nn/model.ts';
import { mul, sum } from '../ops/index.ts';
import { optimizers } from '../optim/index.ts';
import { defineRun, type Run } from './defineRun.ts';
import { answerLoop, fit } from './fit.ts';
import { openEngine } from './openEngine.ts';
import { prepareRun } from './prepareRun.ts';
import { runLoop } from './runLoop.ts';
import type { SplitOptions } from './splitGraphs.ts';

const { adam, sgd } = optimizers;

const rows = 50;
/** Numbers below 1 that look random (a Weyl sequence). */
const numbers = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, at) => ((at + seed) * 0.618_033_988_75) % 1);

const denseRun = (): Run =>
  defineRun({
    data: fromArrays({
      x: { values: numbers(rows * 6, 1), shape: [6] },
      y: { values: Int32Array.from({ length: rows }, (_, at) => (at * 7) % 3), classes: 3 },
    }),
    model: sequential(dense(16, { activation: 'relu' }), batchNorm(), dropout(0.2), dense(3)),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
    optimizer: adam({ learningRate: 0.01 }),
    clipNorm: 0.5,
    l2: 0.001,
    batchSize: 16,
    epochs: 3,
    seed: 3,
  });

const factors = (): Run =>
  defineRun({
    data: fromArrays({
      user: { values: Int32Array.from({ length: rows }, (_, at) => (at * at) % 7) },
      item: { values: Int32Array.from({ length: rows }, (_, at) => (at * 5) % 11) },
      rating: { values: numbers(rows, 2) },
    }),
    model: model({
      inputs: { user: { shape: [], dtype: 'int32' }, item: { shape: [], dtype: 'int32' } },
      build: ({ user, item }, layer) => {
        const users = layer('users', embedding({ vocabulary: 7, features: 4 }))(user);
        const items = layer('items', embedding({ vocabulary: 11, features: 4 }))(item);
        return { output: sum(mul(users, items), { axes: [1] }) };
      },
    }),
    loss: 'meanSquaredError',
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
    batchSize: 16,
    epochs: 3,
    seed: 3,
  });

async function fitSplit(run: Run, split: SplitOptions): Promise<string> {
  const prepared = prepareRun(run, { split });
  const engine = await openEngine(prepared.sources, {});
  try {
    prepared.writeData(engine.access);
    const outcome = await runLoop(prepared.plan, engine, {
      ...answerLoop(prepared, () => Promise.reject(new Error('there are no callbacks'))),
      emit: () => {},
    });
    if (outcome.kind === 'diverged') throw new Error('diverged');
    return outcome.done.weightsHash;
  } finally {
    await engine.close();
  }
}

it.each([
  { of: 'a dense network', run: denseRun },
  { of: 'tables of which a mini-batch names rows', run: factors },
])('$of: a gradient that is applied at once gives the bits of the whole step', async ({ run }) => {
  const { weightsHash } = await fit(run());
  expect(await fitSplit(run(), {})).toBe(weightsHash);
  // The weights are those that it was computed at: nothing is compensated, but a zero is added.
  expect(await fitSplit(run(), { delayCompensation: 0.5 })).toBe(weightsHash);
});
