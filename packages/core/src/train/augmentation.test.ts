import { describe, expect, it } from 'vitest';
import { mixup, noise } from '../data/augment/index.ts';
import { mixupDistance, mixupShare } from '../data/augment/mixupTables.ts';
import { selectRows } from '../data/dataset.ts';
import { fromArrays } from '../data/fromArrays.ts';
import { oneHot } from '../data/oneHot.ts';
import { dense, dropout, sequential } from '../nn/layers/index.ts';
import { model } from '../nn/model.ts';
import { add, expandDims, mean, mul, square, sub } from '../ops/index.ts';
import { adam } from '../optim/adam.ts';
import { sgd } from '../optim/sgd.ts';
import { defineRun, type Run } from './defineRun.ts';
import { fit } from './fit.ts';
import { prepareRun } from './prepareRun.ts';
import type { RunOptions } from './runOptions.ts';
import { laneSimulations, oracle, wasmExecutors } from './testing/executors.ts';
import { trainedBits } from './testing/trainedBits.ts';

const rows = 37;
const scattered = (length: number, factor: number): Float32Array =>
  Float32Array.from({ length }, (_, at) => (((at + 1) * factor) % 1) * 4 - 2);
const data = fromArrays({
  x: { values: scattered(rows * 5, 0.618_034), shape: [5] },
  y: { values: Int32Array.from({ length: rows }, (_, at) => (at * 5) % 3), classes: 3 },
  weight: { values: Float32Array.from({ length: rows }, (_, at) => 0.5 + (at % 4)) },
});
const hot = oneHot(data, 'y');

const options: RunOptions = {
  data,
  model: sequential(dense(7, { activation: 'relu' }), dropout(0.2), dense(3)),
  target: 'y',
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  optimizer: adam({ learningRate: 0.02 }),
  epochs: 2,
  batchSize: 12,
  lanes: 3,
  seed: 3,
};

const both = [noise({ deviation: 0.3 }), mixup({ alpha: 0.7 })];
const augmented: Readonly<Record<string, Run>> = {
  'noise and mixup of labels': defineRun({ ...options, augment: both }),
  'mixup of ones among zeros, then noise': defineRun({
    ...options,
    data: hot,
    loss: 'categoricalCrossentropy',
    augment: [mixup(), noise({ deviation: 0.1, inputs: ['x'] })],
  }),
};

describe.each(Object.entries(augmented))('%s', (_name, run) => {
  it('has the bits of the oracle on every executor, and in parts', async () => {
    const marks = [3, 8];
    const inParts = defineRun({ ...run.options, microBatch: 5 });
    const wanted = await trainedBits(run, oracle, 1, marks);
    for (const [name, factory] of Object.entries({ ...wasmExecutors, ...laneSimulations })) {
      expect(await trainedBits(run, factory, 3, marks), name).toEqual(wanted);
      expect(await trainedBits(inParts, factory, 2, marks), `${name}, in parts`).toEqual(wanted);
    }
    const plain = defineRun({ ...run.options, augment: [] });
    expect(await trainedBits(plain, oracle, 1, marks)).not.toEqual(wanted);
  });
});

it('leaves validation and prediction alone', () => {
  const run = defineRun({ ...options, data: { train: data, validation: data }, augment: both });
  const { sources } = prepareRun(run);
  const plain = prepareRun(defineRun({ ...options, data: { train: data, validation: data } })).sources;
  const named = (all: typeof sources) => all.filter(({ graph }) => graph.name.startsWith('evaluate'));
  const inputsOf = (all: typeof sources): string => JSON.stringify(named(all));
  expect(named(sources)).not.toHaveLength(0);
  expect(inputsOf(sources)).toBe(inputsOf(plain));
});

/** A model of a weight that is never more than nothing: what it gives is what it gets. */
const echo = model({
  inputs: { x: { shape: [5] } },
  build: ({ x }, layer) => ({ output: add(x, mul(layer('none', dense(5))(x), 0)) }),
});

/** Mean over the rows of what a function of the noise on each row's numbers says. */
async function meanOfNoise(of: 'first' | 'second', more: Partial<RunOptions>): Promise<number[]> {
  const large = fromArrays({ x: { values: scattered(2000 * 5, 0.618_034), shape: [5] } });
  const { history } = await fit(
    defineRun({
      data: large,
      model: echo,
      target: 'x',
      loss: 'meanSquaredError',
      metrics: {
        noise: (output, target) => {
          const difference = sub(output, target);
          return mean(of === 'first' ? difference : square(difference), { axes: [1] });
        },
      },
      augment: [noise({ deviation: 0.5 })],
      epochs: 3,
      batchSize: 100,
      optimizer: sgd({ learningRate: 1e-30 }),
      ...more,
    }),
  );
  return history.map(({ metrics }) => metrics['noise'] ?? Number.NaN);
}

describe('noise', () => {
  it('has mean 0 and the deviation that was asked for, and is another one in each epoch', async () => {
    const means = await meanOfNoise('first', {});
    const squares = await meanOfNoise('second', {});
    // Of 10,000 numbers: four standard errors of the mean and of the variance.
    for (const value of means) expect(Math.abs(value)).toBeLessThan((4 * 0.5) / 100);
    for (const value of squares) expect(Math.abs(value - 0.25)).toBeLessThan((4 * 0.25 * Math.SQRT2) / 100);
    expect(new Set(means).size).toBe(3);
  });

  it('belongs to the row: neither the order nor the size of mini-batches matters', async () => {
    const wanted = await meanOfNoise('second', {});
    for (const more of [{ shuffle: false }, { batchSize: 7 }, { batchSize: 1999, lanes: 5 }] as const)
      for (const [epoch, value] of (await meanOfNoise('second', more)).entries())
        expect(value).toBeCloseTo(wanted[epoch] ?? 0, 6);
    expect((await meanOfNoise('second', { seed: 1 }))[0]).not.toBeCloseTo(wanted[0] ?? 0, 6);
  });

  it('is left off inputs that are not named, and refuses those that are not there', async () => {
    const two = model({
      inputs: { x: { shape: [5] }, weight: { shape: [] } },
      build: ({ x, weight }, layer) => ({
        output: add(x, mul(layer('none', dense(5))(x), mul(expandDims(weight, 1), 0))),
      }),
    });
    const named = (inputs: readonly string[]): RunOptions => ({
      ...options,
      model: two,
      target: 'x',
      loss: 'meanSquaredError',
      metrics: [],
      optimizer: sgd({ learningRate: 1e-30 }),
      augment: [noise({ deviation: 0.5, inputs })],
    });
    expect((await fit(defineRun(named(['weight'])))).loss).toBe(0);
    expect((await fit(defineRun(named(['x'])))).loss).toBeCloseTo(0.25, 1);
    expect(() => defineRun(named(['z']))).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_OPTION', where: { field: 'run.augment.0.inputs' } }),
    );
  });
});

function logSumExp(logits: readonly number[]): number {
  return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
}

describe('mixup', () => {
  const alpha = 0.6;
  const mixed: RunOptions = {
    ...options,
    model: sequential(dense(3)),
    metrics: [],
    shuffle: false,
    augment: [mixup({ alpha })],
    epochs: 2,
    optimizer: sgd({ learningRate: 1e-30 }),
  };

  /** The loss of each epoch by the paper's formula, in float64, at weights that do not change. */
  function reference(
    weights: ReadonlyMap<string, { readonly values: ArrayLike<number> }>,
    lossOf: (logits: readonly number[], row: number, other: number, share: number) => number,
    rowsOf: Run['train'],
  ): number[] {
    const x = data.fields['x']?.values ?? [];
    const weight = weights.get('layers.0.weight')?.values ?? [];
    const bias = weights.get('layers.0.bias')?.values ?? [];
    const perEpoch = Math.ceil(rowsOf.rows / 12);
    return [0, 1].map((epoch) => {
      let total = 0;
      for (let position = 0; position < rowsOf.rows; position++) {
        const step = Math.floor(position / 12);
        const start = step * 12;
        const size = Math.min(12, rowsOf.rows - start);
        const distance = mixupDistance(size, epoch * perEpoch + step, { seed: 3, purpose: 'augment.0' });
        const stored = (at: number): number => rowsOf.index?.[at] ?? at;
        const row = stored(position);
        const other = stored(start + ((position - start + distance) % size));
        const share = mixupShare(row, alpha, { seed: 3, purpose: 'augment.0', epoch });
        const logits = [0, 1, 2].map((unit) => {
          let logit = bias[unit] ?? 0;
          for (let k = 0; k < 5; k++) {
            const value = share * (x[row * 5 + k] ?? 0) + (1 - share) * (x[other * 5 + k] ?? 0);
            logit += value * (weight[k * 3 + unit] ?? 0);
          }
          return logit;
        });
        total += lossOf(logits, row, other, share);
      }
      return total / rowsOf.rows;
    });
  }

  const label = (row: number): number => (row * 5) % 3;
  const sampleWeight = (row: number): number => 0.5 + (row % 4);
  const entropy = (logits: readonly number[], row: number): number =>
    logSumExp(logits) - (logits[label(row)] ?? 0);

  it('is what the paper says, for labels, with weights of the rows', async () => {
    const { variables, history } = await fit(defineRun({ ...mixed, sampleWeight: 'weight' }));
    const wanted = reference(
      variables,
      (logits, row, other, share) =>
        share * sampleWeight(row) * entropy(logits, row) +
        (1 - share) * sampleWeight(other) * entropy(logits, other),
      data,
    );
    expect(history.map(({ loss }) => loss)).toEqual(wanted.map((loss) => expect.closeTo(loss, 5)));
  });

  it('is the same for ones among zeros, and mixes within a view', async () => {
    const rowsOf = selectRows(
      hot,
      [...Array(25).keys()].map((at) => (at * 7) % rows),
    );
    const { variables, history } = await fit(
      defineRun({ ...mixed, data: rowsOf, loss: 'categoricalCrossentropy' }),
    );
    const wanted = reference(
      variables,
      (logits, row, other, share) => share * entropy(logits, row) + (1 - share) * entropy(logits, other),
      rowsOf,
    );
    expect(history.map(({ loss }) => loss)).toEqual(wanted.map((loss) => expect.closeTo(loss, 5)));
  });

  it.each([
    ['twice', { augment: [mixup(), mixup()] }, 'BAD_OPTION'],
    [
      'targets that are to be left out',
      { data: hot, loss: 'categoricalCrossentropy', ignoreTarget: 0 },
      'BAD_OPTION',
    ],
    [
      'integers',
      {
        data: fromArrays({ id: { values: Int32Array.of(1, 2), shape: [1] }, y: [1, 2] }),
        model: model({
          inputs: { id: { shape: [1], dtype: 'int32' } },
          build: ({ id }, layer) => ({ output: layer('d', dense(1))(mul(sub(id, id), 1)) }),
        }),
        loss: 'meanSquaredError',
      },
      'DTYPE_MISMATCH',
    ],
  ] as const)('refuses %s', (_what, more, code) => {
    expect(() => prepareRun(defineRun({ ...mixed, ...more }))).toThrow(expect.objectContaining({ code }));
  });

  it('refuses an alpha that it cannot draw from', () => {
    for (const bad of [0, 0.01, 2.5, Number.NaN])
      expect(() => mixup({ alpha: bad })).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
    expect(() => noise({ deviation: 0 })).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });
});
