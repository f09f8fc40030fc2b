import { describe, expect, it } from 'vitest';
import { compile } from '../compile/compile.ts';
import { type Dataset, fromArrays } from '../data/index.ts';
import { load } from '../nest/lowering.ts';
import { axis, i32, mul, primitive, reduced } from '../nest/scalar.ts';
import * as initializers from '../nn/initializers/index.ts';
import type { Layer } from '../nn/layer.ts';
import {
  batchNorm,
  dense,
  dropout,
  embedding,
  flatten,
  frozen,
  residual,
  sequential,
  timeDistributed,
} from '../nn/layers/index.ts';
import { model } from '../nn/model.ts';
import { defineOp, sub } from '../ops/index.ts';
import { adam, sgd } from '../optim/optimizers.ts';
import { defineRun } from './defineRun.ts';
import { inspectRun, type RunInspection } from './inspectRun.ts';
import type { RunOptions } from './runOptions.ts';

const floats = (rows: number, ...shape: number[]): { shape: number[]; values: Float32Array } => ({
  shape,
  values: new Float32Array(rows * shape.reduce((size, extent) => size * extent, 1)),
});

function inspect(data: Dataset, options: Omit<RunOptions, 'data' | 'loss' | 'epochs'>): RunInspection {
  return inspectRun(defineRun({ data, loss: 'meanSquaredError', epochs: 2, ...options }));
}

/** Path, kind, shape, parameters, operations of each layer. */
const table = ({ layers }: RunInspection): unknown[] =>
  layers.map(({ path, kind, outputShape, parameters, flops }) => [
    path,
    kind,
    outputShape,
    parameters,
    flops,
  ]);

describe('inspectRun', () => {
  const points = fromArrays({ x: floats(19, 3), y: floats(19, 2) });

  it('counts a dense network as done by hand', () => {
    const run = inspect(points, {
      model: sequential(dense(4, { activation: 'relu' }), dropout(0.5), dense(2)),
      optimizer: sgd({ learningRate: 0.1 }),
      batchSize: 8,
      dropLast: true,
    });
    expect(table(run)).toEqual([
      ['layers.0', 'dense', [4], 3 * 4 + 4, 2 * 3 * 4 + 4 + 4],
      ['layers.1', 'dropout', [4], 0, 0],
      ['layers.2', 'dense', [2], 4 * 2 + 2, 2 * 4 * 2 + 2],
    ]);
    expect(run.totals).toEqual({ parameters: 26, trained: 26, frozen: 0, statistics: 0 });
    expect([run.stepsPerEpoch, run.steps, run.flops.row]).toEqual([2, 4, 50]);
  });

  it('counts every operation of a training step', () => {
    const run = inspect(points, {
      model: sequential(dense(4, { activation: 'relu' }), dense(2)),
      optimizer: sgd({ learningRate: 0.1 }),
      batchSize: 8,
    });
    const step = (rows: number): number =>
      rows * 50 + // forward
      (rows * 7 + rows + 1) + // difference, square, sum of a row, mean; sum and mean of the rows
      (1 + rows + rows * 4 + 2 * rows * 2 * 4) + // the loss's delta: the factors, 2 (o - t), their product; the first layer's
      (2 * rows * (3 * 4 + 4 * 2) + rows * (4 + 2)) + // gradients of weights and biases
      2 * 26; // parameter - rate * gradient
    expect(run.flops).toEqual({ row: 50, step: step(8), epoch: 2 * step(8) + step(3) });
  });

  it('counts an op of one’s own by its nest: a convolution 3 x 3', () => {
    const conv = defineOp<{ filters: number }>({
      name: 'conv',
      arity: 2,
      infer: ([x], { filters }) => ({
        shape: [x?.shape[0] ?? 1, (x?.shape[1] ?? 0) - 2, (x?.shape[2] ?? 0) - 2, filters],
        dtype: 'float32',
        batchAxis: 0,
      }),
      lower: (context, node) => {
        const [x, w] = node.inputs.map((operand) => context.tensor(operand));
        const out = context.tensor(node);
        if (!x || !w) return;
        const channels = x.shape[3] ?? 1;
        const k = axis(4);
        const position = primitive('indexDiv', k, i32(channels));
        const at = (to: number, name: 'indexDiv' | 'indexRem') =>
          primitive('intAdd', axis(to), primitive(name, position, i32(3)));
        const channel = primitive('indexRem', k, i32(channels));
        const image = load(x, [axis(0), at(1, 'indexDiv'), at(2, 'indexRem'), channel]);
        context.nest({
          name: 'conv',
          axes: [
            ...out.shape.map((size, each) => ({ size, batch: each === 0 })),
            { size: 9 * channels, batch: false },
          ],
          reduction: { axis: 4, kind: 'sum', rule: 'ordered', term: mul(image, load(w, [k, axis(3)])) },
          stores: [{ tensor: out.id, index: [0, 1, 2, 3].map(axis), value: reduced }],
        });
      },
      gradient: () => [undefined, undefined],
    });
    const conv2d = (filters: number): Layer => ({
      kind: 'conv2d',
      build: (x, scope) => {
        const shape = [9 * (x.shape[3] ?? 1), filters];
        return conv([x, scope.variable('weight', { shape, initializer: initializers.ones })], { filters });
      },
    });
    const run = inspect(fromArrays({ x: floats(6, 8, 8, 3), y: floats(6, 2) }), {
      model: sequential(frozen(conv2d(5)), flatten(), dense(2)),
      batchSize: 2,
    });
    expect(table(run)).toEqual([
      ['layers.0', 'conv2d', [6, 6, 5], 27 * 5, 2 * 6 * 6 * 5 * 27],
      ['layers.1', 'flatten', [180], 0, 0],
      ['layers.2', 'dense', [2], 362, 2 * 180 * 2 + 2],
    ]);
    expect(run.totals).toEqual({ parameters: 497, trained: 362, frozen: 135, statistics: 0 });
  });

  it('counts a step of an embedding by the rows that it looks up, however large the table is', () => {
    const data = fromArrays({ id: { shape: [4], values: new Int32Array(40) }, y: floats(10, 1) });
    const embedded = (vocabulary: number, sparse: boolean): RunInspection =>
      inspect(data, {
        model: model({
          inputs: { id: { shape: [4], dtype: 'int32' } },
          build: ({ id }, layer) => ({
            y: layer(
              'out',
              dense(1),
            )(layer('flat', flatten())(layer('words', embedding({ vocabulary, features: 6, sparse }))(id))),
          }),
        }),
        batchSize: 5,
      });
    expect(table(embedded(100, true))).toEqual([
      ['words', 'embedding', [4, 6], 600, 0],
      ['flat', 'flatten', [24], 0, 0],
      ['out', 'dense', [1], 25, 2 * 24 + 1],
    ]);
    const step = (...of: Parameters<typeof embedded>): number => embedded(...of).flops.step;
    expect(step(100, true)).toBe(step(9000, true));
    // A multiplication and a subtraction for each number of the table.
    expect(step(9000, false) - step(100, false)).toBe(2 * 8900 * 6);
  });

  it('counts weights that are shared once, their uses each, and what is in no layer last', () => {
    const shared = dense(2);
    const run = inspect(fromArrays({ a: floats(9, 3), b: floats(9, 3), y: floats(9, 2) }), {
      model: model({
        inputs: { a: { shape: [3] }, b: { shape: [3] } },
        build: ({ a, b }, layer, scope) => {
          const encode = layer('encode', sequential(shared));
          const shift = scope.variable('shift', { shape: [2], initializer: initializers.zeros });
          return { y: sub(sub(encode(a), encode(b)), shift) };
        },
      }),
      target: 'y',
    });
    expect(run.layers.map(({ path, uses }) => [path, uses])).toEqual([
      ['encode', 2],
      ['encode.layers.0', 2],
      ['', 1],
    ]);
    expect(table(run)).toEqual([
      ['encode', 'sequential', [2], 0, 0],
      ['encode.layers.0', 'dense', [2], 8, 2 * (2 * 3 * 2 + 2)],
      ['', 'model', [2], 2, 4],
    ]);
  });

  it('tells preprocessing, statistics and layers inside others apart', () => {
    const scaled = fromArrays({
      x: { ...floats(9, 3), preprocessing: { offset: [1], scale: [2] } },
      y: floats(9, 3),
    });
    const run = inspect(scaled, { model: sequential(residual(dense(3)), batchNorm()) });
    expect(table(run)).toEqual([
      ['x', 'preprocessing', [3], 0, 2 * 3],
      ['layers.0', 'residual', [3], 0, 3],
      ['layers.0.layer', 'dense', [3], 12, 21],
      // x - mean, times gamma / sqrt(variance + epsilon), plus beta.
      ['layers.1', 'batchNorm', [3], 6, 6 * 3],
    ]);
    expect(run.totals).toEqual({ parameters: 18, trained: 18, frozen: 0, statistics: 6 });
    expect(table(inspect(points, { model: dense(2) }))).toEqual([['', 'dense', [2], 8, 14]]);
  });

  it('shows what a layer makes of one row, which may have several positions', () => {
    const sequences = fromArrays({ x: floats(9, 5, 3), y: floats(9, 5, 2) });
    const run = inspect(sequences, { model: sequential(dense(4), timeDistributed(dense(2))) });
    expect(table(run)).toEqual([
      ['layers.0', 'dense', [5, 4], 16, 5 * (2 * 3 * 4 + 4)],
      ['layers.1', 'timeDistributed', [5, 2], 0, 0],
      ['layers.1.layer', 'dense', [5, 2], 10, 5 * (2 * 4 * 2 + 2)],
    ]);
  });

  it('says where memory goes, and what micro-batches keep', () => {
    const options = { model: sequential(dense(64), dense(2)), optimizer: adam({}), batchSize: 16, lanes: 2 };
    const { memory } = inspect(points, options);
    const { weights, optimizer, data, ...others } = memory.bytes;
    const parameters = 3 * 64 + 64 + 64 * 2 + 2;
    // Features are padded to 8; each of four tensors ends with a line of 64 bytes at most, and has one more after it.
    expect(weights).toBeGreaterThanOrEqual(4 * parameters);
    expect(weights).toBeLessThanOrEqual(4 * (8 * 64 + 64 + 64 * 8 + 8) + 4 * 160);
    expect(optimizer).toBe(2 * weights);
    expect(data).toBeGreaterThanOrEqual(19 * 8 * 4 * 2);
    const sum = Object.values(others).reduce((total, bytes) => total + bytes, weights + optimizer + data);
    expect(memory.total - sum).toBeGreaterThanOrEqual(0);
    expect(memory.total - sum).toBeLessThanOrEqual(10 * 64);

    const inParts = inspect(points, { ...options, microBatch: 8 }).memory.bytes;
    expect([inParts.weights, inParts.optimizer]).toEqual([weights, optimizer]);
    expect(inParts.gradients).toBeGreaterThanOrEqual(memory.bytes.gradients + 4 * parameters);
    expect(inParts.activations).toBeLessThan(memory.bytes.activations);

    const run = defineRun({ data: points, loss: 'meanSquaredError', epochs: 1, ...options });
    const four = inspectRun(run, { compile: (sources) => compile(sources, { workers: 4, reduce: 'naive' }) });
    expect(four.workers).toBe(4);
    expect(four.memory.bytes.scratch).toBe(4 * memory.bytes.scratch);
    // A buffer a lane for every gradient.
    expect(four.memory.bytes.gradients - memory.bytes.gradients).toBeGreaterThanOrEqual(2 * 4 * parameters);
  });
});
