import { describe, expect, it } from 'vitest';
import { fromArrays, mixup, noise } from '../data/index.ts';
import { patternInMemory, patternStream } from '../data/testing/patternData.ts';
import { initializers, type Layer, ops } from '../index.ts';
import * as scalar from '../nest/scalar.ts';
import { batchNorm, dense, dropout, embedding, gaussianNoise, sequential } from '../nn/layers/index.ts';
import { model } from '../nn/model.ts';
import { sgd } from '../optim/sgd.ts';
import { checkGradients, type GradientCheck } from './checkGradients.ts';
import { defineRun } from './defineRun.ts';
import { fit } from './fit.ts';
import type { RunOptions } from './runOptions.ts';

const xs = [0.25, -1.25, 0.75, 2];
const ys = [1, 0.5, -0.25, 3];
const line = defineRun({
  data: fromArrays({ x: xs.map((x) => [x]), y: ys.map((y) => [y]) }),
  model: sequential(dense(1, { kernelInitializer: initializers.constant(0.5), biasInitializer: 'ones' })),
  loss: 'meanSquaredError',
  optimizer: sgd(),
  epochs: 1,
});

const verdicts = ({ parameters }: GradientCheck): unknown =>
  Object.fromEntries(parameters.map(({ path, verdict }) => [path, verdict]));

/** A cube whose gradient is what is asked for. */
const cube = (claimed: number): Layer => {
  const op = ops.defineOp<object>({
    name: `test.cube${claimed}`,
    arity: 1,
    elementwise: ([x]) => scalar.mul(scalar.mul(x, x), x),
    gradient: ({ inputs: [x] }, upstream) => [x && ops.mul(upstream, ops.mul(ops.square(x), claimed))],
  });
  return { kind: 'cube', build: (x) => op([x], {}) };
};

const classifier = (options: Partial<RunOptions>) =>
  defineRun({
    data: fromArrays({
      x: Array.from({ length: 24 }, (_, row) =>
        [0, 1, 2, 3, 4].map((at) => ((row * 7 + at * 3) % 11) / 5 - 1),
      ),
      y: { values: Int32Array.from({ length: 24 }, (_, row) => row % 3), classes: 3 },
    }),
    model: sequential(dense(6, { activation: 'tanh' }), dense(3)),
    loss: 'sparseCategoricalCrossentropy',
    epochs: 1,
    batchSize: 12,
    ...options,
  });

describe('checkGradients', () => {
  it('finds the gradients that one works out by hand', () => {
    const { loss, rows, parameters, passed } = checkGradients(line);
    const errors = xs.map((x, at) => 0.5 * x + 1 - (ys[at] ?? 0));
    const mean = (of: (error: number, at: number) => number): number =>
      errors.map(of).reduce((sum, each) => sum + each) / errors.length;
    expect([rows, passed]).toEqual([4, true]);
    expect(loss).toBeCloseTo(
      mean((error) => error * error),
      12,
    );
    const elementOf = (path: string) =>
      parameters.find((each) => each.path === path)?.comparisons.find(({ moved }) => moved !== 'direction');
    for (const [path, slope] of [
      ['layers.0.weight', mean((error, at) => 2 * error * (xs[at] ?? 0))],
      ['layers.0.bias', mean((error) => 2 * error)],
    ] as const) {
      expect(elementOf(path)?.analytic).toBeCloseTo(slope, 12);
      expect(elementOf(path)?.numeric).toBeCloseTo(slope, 9);
    }
  });

  it.each([
    ['penalties', { l2: 0.1 }],
    ['noise and mixed rows', { augment: [noise({ deviation: 0.2 }), mixup({ alpha: 0.4 })] }],
    ['dropout', { model: sequential(dense(9, { activation: 'elu' }), dropout(0.3), dense(3)) }],
    ['statistics over the batch', { model: sequential(dense(6), batchNorm(), gaussianNoise(0.1), dense(3)) }],
    ['clipping, which is no part of the gradient', { clipNorm: 1e-3 }],
  ])('is content with %s', (_, options: Partial<RunOptions>) => {
    const { parameters, passed } = checkGradients(classifier(options));
    expect(passed).toBe(true);
    expect(parameters.every(({ verdict }) => verdict === 'right')).toBe(true);
  });

  it('is content with a sparse gradient', () => {
    const run = defineRun({
      data: fromArrays({ id: Int32Array.from([0, 2, 2, 1, 2]), y: [[1], [2], [3], [4], [5]] }),
      model: model({
        inputs: { id: { shape: [], dtype: 'int32' } },
        build: ({ id }, layer) => ({
          y: layer('rest', dense(1))(layer('table', embedding({ vocabulary: 4, features: 3 }))(id)),
        }),
      }),
      loss: 'meanSquaredError',
      epochs: 1,
    });
    expect(verdicts(checkGradients(run))).toEqual({
      'rest.bias': 'right',
      'rest.weight': 'right',
      'table.weight': 'right',
    });
  });

  it('finds a gradient that is wrong, and only the parameters before it', () => {
    const withCube = (claimed: number) =>
      classifier({ model: sequential(dense(4), cube(claimed), dense(3)) });
    expect(checkGradients(withCube(3)).passed).toBe(true);
    const found = checkGradients(withCube(2));
    expect(found.passed).toBe(false);
    expect(verdicts(found)).toEqual({
      'layers.0.bias': 'wrong',
      'layers.0.weight': 'wrong',
      'layers.2.bias': 'right',
      'layers.2.weight': 'right',
    });
    const [{ analytic, numeric, error } = { analytic: 0, numeric: 1, error: 0 }] =
      found.parameters[0]?.comparisons ?? [];
    expect(analytic / numeric).toBeCloseTo(2 / 3, 6);
    expect(error).toBeCloseTo(1 / 3, 6);
  });

  it('tells a kink from an error: relu at 0, until training has moved the weights away', async () => {
    const run = defineRun({
      ...line.options,
      data: fromArrays({ x: [[0]], y: [[1]] }),
      model: sequential(dense(1, { activation: 'relu' }), dense(1, { kernelInitializer: 'ones' })),
    });
    const { parameters, passed } = checkGradients(run);
    const [bias] = parameters;
    expect([passed, bias?.path, bias?.verdict]).toEqual([true, 'layers.0.bias', 'kink']);
    // Loss (relu(b) - 1)²: slope 0 on the left, -2 on the right.
    const { left, right } = bias?.comparisons.at(-1) ?? {};
    expect(left).toBeCloseTo(0, 5);
    expect(right).toBeCloseTo(-2, 5);

    const { variables } = await fit(run);
    const moved = new Map(variables).set('layers.0.bias', {
      path: 'layers.0.bias',
      role: 'parameter',
      shape: [1],
      values: Float32Array.of(0.25),
    });
    expect(verdicts(checkGradients(run, { variables: moved }))).toMatchObject({ 'layers.0.bias': 'right' });
  });

  it.each([
    ['shuffled rows', {}],
    ['rows shuffled by blocks', { data: patternInMemory(40, { blockRows: 4, windowBlocks: 2 }) }],
    ['dropout', { model: sequential(dense(9, { activation: 'elu' }), dropout(0.3), dense(3)) }],
    ['noise and mixed rows', { augment: [noise({ deviation: 0.2 }), mixup({ alpha: 0.4 })], l2: 0.01 }],
  ])('sees the loss of the run’s first step, with %s', async (_, options: Partial<RunOptions>) => {
    const losses: number[] = [];
    const callbacks = [{ onStep: ({ loss }: { loss: number }) => void losses.push(loss) }];
    const run = classifier({ seed: 5, maxSteps: 1, callbacks, ...options });
    await fit(run);
    expect(checkGradients(run).loss).toBeCloseTo(losses[0] ?? Number.NaN, 5);
  });

  it('refuses rows that are not in memory', () => {
    const run = classifier({ data: patternStream({ rows: 40 }, { blockRows: 4, windowBlocks: 2 }) });
    expect(() => checkGradients(run)).toThrow('not in memory');
  });

  it('compares as much as it is told to', () => {
    const { rows, parameters } = checkGradients(classifier({}), { rows: 5, directions: 1, elements: 3 });
    expect(rows).toBe(5);
    for (const { comparisons } of parameters) expect(comparisons).toHaveLength(4);
    const [bias, weight] = parameters;
    expect(bias?.comparisons.map(({ moved }) => moved.length === 1)).toEqual([false, true, true, true]);
    for (const { moved } of weight?.comparisons.slice(1) ?? []) {
      expect(moved[0]).toBeLessThan(5);
      expect(moved[1]).toBeLessThan(6);
    }
  });

  it('refuses to compare nothing', () => {
    expect(() => checkGradients(line, { directions: 0, elements: 0 })).toThrow('nothing to compare');
    expect(() => checkGradients(line, { tolerance: 0 })).toThrow('tolerance');
  });
});
