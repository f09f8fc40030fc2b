import { readFileSync } from 'node:fs';
import {
  adagrad,
  adam,
  defineRun,
  embedding,
  fit,
  fromArrays,
  type Layer,
  model,
  type Optimizer,
  ops,
  sgd,
} from '@lockstep/core';
import { expect, it } from 'vitest';
import { constant } from '../packages/core/src/graph/leaves.ts';

interface Fixture {
  readonly sizes: Readonly<Record<'users' | 'items' | 'features' | 'rows' | 'batch', number>>;
  readonly epochs: number;
  readonly user: readonly number[];
  readonly item: readonly number[];
  readonly rating: readonly number[];
  readonly start: Readonly<Record<'users' | 'items', readonly number[]>>;
  readonly results: Readonly<
    Record<string, Readonly<Record<'losses' | 'users' | 'items', readonly number[]>>>
  >;
}

/** What `fixtures/sparse/make_sparse.py` has written: PyTorch's sparse gradients, in float64. */
const fixture: Fixture = JSON.parse(
  readFileSync(new URL('./fixtures/sparse/sparse.json', import.meta.url), 'utf8'),
);
const { sizes, start } = fixture;

const table = (name: 'users' | 'items'): Layer =>
  embedding({
    vocabulary: sizes[name],
    features: sizes.features,
    initializer: (shape) => constant(start[name], { shape }),
  });

const factors = model({
  inputs: { user: { shape: [], dtype: 'int32' }, item: { shape: [2], dtype: 'int32' } },
  build: ({ user, item }, layer) => {
    const product = ops.mul(
      ops.expandDims(layer('users', table('users'))(user), 1),
      layer('items', table('items'))(item),
    );
    return { rating: ops.mean(ops.sum(product, { axes: [2] }), { axes: [1], keepDims: true }) };
  },
});

const optimizers: Readonly<Record<string, Optimizer>> = {
  sgd: sgd({ learningRate: 0.3 }),
  adagrad: adagrad({ learningRate: 0.1, epsilon: 1e-30 }),
  adam: adam({ learningRate: 0.05, beta1: 0.8, beta2: 0.95, epsilon: 1e-30 }),
};

it.each(Object.entries(optimizers))("%s takes the steps of PyTorch's sparse one", async (name, optimizer) => {
  const run = defineRun({
    data: fromArrays({
      user: Int32Array.from(fixture.user),
      item: { values: Int32Array.from(fixture.item), shape: [2] },
      rating: Float32Array.from(fixture.rating),
    }),
    model: factors,
    target: 'rating',
    loss: 'meanSquaredError',
    optimizer,
    epochs: fixture.epochs,
    batchSize: sizes.batch,
    shuffle: false,
  });
  const expected = fixture.results[name];
  const steps = fixture.epochs * (sizes.rows / sizes.batch);
  for (const [executor, digits] of [
    ['float64', 11],
    ['wasm', 4],
  ] as const) {
    const { variables, history } = await fit(run, { executor });
    const losses = history.map(({ loss }) => loss);
    const perEpoch = steps / fixture.epochs;
    for (const [epoch, loss] of losses.entries()) {
      const own = expected?.losses.slice(epoch * perEpoch, (epoch + 1) * perEpoch) ?? [];
      expect(loss).toBeCloseTo(own.reduce((sum, each) => sum + each, 0) / perEpoch, digits);
    }
    for (const part of ['users', 'items'] as const)
      for (const [at, value] of Array.from(variables.get(`${part}.weight`)?.values ?? []).entries())
        expect(value, `${executor}, ${part}, ${at}`).toBeCloseTo(expected?.[part][at] ?? Number.NaN, digits);
  }
});
