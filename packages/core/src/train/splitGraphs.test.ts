import { describe, expect, it } from 'vitest';
import { fromArrays } from '../data/fromArrays.ts';
import { batchNorm, dense, dropout, embedding, sequential } from '../nn/layers/index.ts';
import { model } from '../nn/model.ts';
import { mul, square, sub, sum } from '../ops/index.ts';
import { optimizers } from '../optim/index.ts';
import { defineRun, type Run } from './defineRun.ts';
import { executors } from './executors.ts';
import { answerLoop, fit } from './fit.ts';
import { openEngine } from './openEngine.ts';
import { prepareRun } from './prepareRun.ts';
import { runLoop } from './runLoop.ts';
import type { RunOptions } from './runOptions.ts';
import { type SplitOptions, updateShareName } from './splitGraphs.ts';

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

/**
 * All numbers below are multiples of small powers of two, few enough bits apart that no float32 operation on them rounds: whatever
 * the order of operations, the results are those of real numbers.
 */
const learningRate = 1 / 8;

/** Values of variables, by path. */
type Values = Readonly<Record<string, readonly number[]>>;

interface LateUpdate {
  readonly split: SplitOptions;
  /** The weights that the gradient is computed of, and those that it is applied to. */
  readonly read: Values;
  readonly found: Values;
  /** Step values of the program that applies it. */
  readonly stepValues?: Readonly<Record<string, number>>;
}

/** What a gradient of one mini-batch, of all rows, makes of weights that have changed since it was computed. */
function applyLate(
  run: Run,
  executor: 'wasm' | 'interpreter',
  { split, read, found, stepValues = {} }: LateUpdate,
): Values {
  const { sources, writeData } = prepareRun(run, { split });
  const made = executors[executor](sources, 1);
  writeData(made);
  const write = (values: Values): void => {
    for (const [path, each] of Object.entries(values)) made.writeVariable(path, each);
  };
  write(read);
  made.writeStepValue('train.gradient', 'rows', 0, [...Array(run.batchSize).keys()]);
  made.run('train.gradient', 0);
  write(found);
  for (const [name, value] of Object.entries({ 'optimizer.learningRate': learningRate, ...stepValues }))
    made.writeStepValue('train', name, 0, [value]);
  expect(made.run('train', 0)).toBe('done');
  return Object.fromEntries(Object.keys(found).map((path) => [path, [...made.readVariable(path)]]));
}

/** DC-ASGD, equation 10: w - rate (g + lambda g g (w - v)). */
const compensated = (lambda: number, g: number, w: number, v: number): number =>
  w - learningRate * (g + lambda * g * g * (w - v));

describe.each(['wasm', 'interpreter'] as const)('a gradient that is applied late, by %s', (executor) => {
  const points = [
    [1, -0.5, 0],
    [0.5, 2, -1],
  ];
  const targets = [0.5, -1];
  const line = (options: Pick<RunOptions, 'weightAverage'> = {}): Run =>
    defineRun({
      data: fromArrays({ x: points, y: targets.map((target) => [target]) }),
      model: sequential(dense(1, { useBias: false })),
      loss: 'meanSquaredError',
      optimizer: sgd({ learningRate }),
      batchSize: 2,
      epochs: 1,
      ...options,
    });
  const path = 'layers.0.weight';
  const read = [0.25, -0.5, 1];
  const found = [0.75, -0.25, -0.5];
  /** d/dv of the mean over two rows of (x v - t)^2. */
  const gradient = read.map((_, feature) =>
    points.reduce((sum, point, row) => {
      const error = point.reduce((total, x, at) => total + x * (read[at] ?? 0), 0) - (targets[row] ?? 0);
      return sum + error * (point[feature] ?? 0);
    }, 0),
  );
  const at = (list: readonly number[], position: number): number => list[position] ?? Number.NaN;

  it('is that of the weights that were read', () => {
    const { [path]: weights } = applyLate(line(), executor, {
      split: {},
      read: { [path]: read },
      found: { [path]: found },
    });
    expect(weights).toEqual(found.map((w, k) => w - learningRate * at(gradient, k)));
  });

  it.each([0.5, 2])('is compensated for the delay, by %d', (delayCompensation) => {
    const { [path]: weights } = applyLate(line(), executor, {
      split: { delayCompensation },
      read: { [path]: read },
      found: { [path]: found },
    });
    expect(weights).toEqual(
      found.map((w, k) => compensated(delayCompensation, at(gradient, k), w, at(read, k))),
    );
  });

  it('moves weights by a share, and their average towards where they are then', () => {
    const [share, averageShare] = [0.25, 0.5];
    const averages = [1, 0.5, -0.25];
    const after = applyLate(line({ weightAverage: {} }), executor, {
      split: { hasShare: true },
      read: { [path]: read },
      found: { [path]: found, [`average.${path}`]: averages },
      stepValues: { [updateShareName]: share, 'average.share': averageShare },
    });
    const weights = found.map((w, k) => w - share * learningRate * at(gradient, k));
    expect(after[path]).toEqual(weights);
    expect(after[`average.${path}`]).toEqual(
      averages.map((average, k) => average + averageShare * (at(weights, k) - average)),
    );
  });

  it('moves the rows that its mini-batch names, compensated and by a share', () => {
    const ids = [2, 0, 2, 1];
    const wanted = [0.5, -0.25, 1, 8];
    const run = defineRun({
      data: fromArrays({ id: { values: Int32Array.from(ids) }, y: Float32Array.from(wanted) }),
      model: model({
        inputs: { id: { shape: [], dtype: 'int32' } },
        build: ({ id }, layer) => ({
          output: sum(layer('table', embedding({ vocabulary: 4, features: 2 }))(id), { axes: [1] }),
        }),
      }),
      loss: (output, target) => mul(square(sub(output, target)), 2),
      optimizer: sgd({ learningRate }),
      batchSize: 4,
      epochs: 1,
    });
    const table = 'table.weight';
    const before = [0.25, 1, 4, 5, -0.5, 0.75, 6, 7];
    const now = [0.5, 0.5, 4.5, 5.5, -1, 1, 6.5, 7.5];
    // The mean over four rows of 2 (a + b - t)^2, where a and b are the numbers of the row that is named.
    const gradients = before.map((_, position) => {
      const row = Math.floor(position / 2);
      const value = at(before, 2 * row) + at(before, 2 * row + 1);
      return ids.reduce((total, id, which) => total + (id === row ? value - at(wanted, which) : 0), 0);
    });
    const [share, delayCompensation] = [0.5, 0.25];
    const after = applyLate(run, executor, {
      split: { hasShare: true, delayCompensation },
      read: { [table]: before },
      found: { [table]: now },
      stepValues: { [updateShareName]: share },
    });
    const whole = now.map((w, k) => compensated(delayCompensation, at(gradients, k), w, at(before, k)));
    expect(after[table]).toEqual(now.map((w, k) => w + share * (at(whole, k) - w)));
  });
});
