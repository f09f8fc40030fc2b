import { describe, expect, test } from 'vitest';
import { input } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { oracle, reference, runGraph } from '../runtime/testing/executors.ts';
import * as ops from './index.ts';

const evaluate = (
  node: Node,
  values: Readonly<Record<string, readonly number[]>> = {},
): readonly number[] => {
  const graph = { name: 'case', outputs: { y: node }, updates: [] };
  return Array.from(runGraph(oracle, graph, { batchSize: 1, lanes: 1 }, values)['y'] ?? []);
};
const float = (name: string, ...shape: readonly number[]): Node => input(name, { shape });
const int = (name: string, ...shape: readonly number[]): Node => input(name, { shape, dtype: 'int32' });

describe('element-wise functions against JavaScript', () => {
  const x = float('x', 7);
  const positive = [0.001, 0.5, 1, 1.5, 3, 40, 1000];
  const signed = [-3, -1.5, -0.25, 0, 0.25, 1.5, 3];
  const cases: readonly (readonly [string, (x: Node) => Node, (x: number) => number, readonly number[]])[] = [
    ['abs', ops.abs, Math.abs, signed],
    ['clip', (n) => ops.clip(n, -1, 1.25), (v) => Math.min(1.25, Math.max(-1, v)), signed],
    ['cos', ops.cos, Math.cos, signed],
    ['elu', (n) => ops.elu(n, 2), (v) => (v > 0 ? v : 2 * Math.expm1(v)), signed],
    ['hardSigmoid', ops.hardSigmoid, (v) => Math.min(6, Math.max(0, v + 3)) / 6, signed],
    ['selu', ops.selu, (v) => 1.05070098 * (v > 0 ? v : 1.67326324 * Math.expm1(v)), signed],
    ['silu', ops.silu, (v) => v / (1 + Math.exp(-v)), signed],
    ['exp', ops.exp, Math.exp, signed],
    ['expm1', ops.expm1, Math.expm1, signed],
    ['leakyRelu', (n) => ops.leakyRelu(n, 0.25), (v) => (v > 0 ? v : v / 4), signed],
    ['log', ops.log, Math.log, positive],
    ['log1p', ops.log1p, Math.log1p, positive],
    ['neg', ops.neg, (v) => 0 - v, signed],
    ['reciprocal', ops.reciprocal, (v) => 1 / v, positive],
    ['relu', ops.relu, (v) => Math.max(0, v), signed],
    ['sigmoid', ops.sigmoid, (v) => 1 / (1 + Math.exp(-v)), signed],
    ['sign', ops.sign, Math.sign, signed],
    ['sin', ops.sin, Math.sin, signed],
    ['softplus', ops.softplus, (v) => Math.log(1 + Math.exp(v)), signed],
    ['sqrt', ops.sqrt, Math.sqrt, positive],
    ['square', ops.square, (v) => v * v, signed],
    ['tanh', ops.tanh, Math.tanh, signed],
    ['x + 2', (n) => ops.add(n, 2), (v) => v + 2, signed],
    ['2 - x', (n) => ops.sub(2, n), (v) => 2 - v, signed],
    ['3 x', (n) => ops.mul(3, n), (v) => 3 * v, signed],
    ['2 / x', (n) => ops.div(2, n), (v) => 2 / v, positive],
    ['maximum', (n) => ops.maximum(n, 0.5), (v) => Math.max(v, 0.5), signed],
    ['minimum', (n) => ops.minimum(n, 0.5), (v) => Math.min(v, 0.5), signed],
    ['less', (n) => bit(ops.less(n, 0.25)), (v) => Number(v < 0.25), signed],
    ['lessEqual', (n) => bit(ops.lessEqual(n, 0.25)), (v) => Number(v <= 0.25), signed],
    ['greater', (n) => bit(ops.greater(n, 0.25)), (v) => Number(v > 0.25), signed],
    ['greaterEqual', (n) => bit(ops.greaterEqual(n, 0.25)), (v) => Number(v >= 0.25), signed],
    ['equal', (n) => bit(ops.equal(n, 0.25)), (v) => Number(v === 0.25), signed],
    ['notEqual', (n) => bit(ops.notEqual(n, 0.25)), (v) => Number(v !== 0.25), signed],
  ];
  const bit = (node: Node): Node => ops.cast(node, 'float32');

  test.each(cases)('%s', (_name, op, wanted, values) => {
    for (const [at, value] of evaluate(op(x), { x: values }).entries()) {
      const exact = wanted(values[at] ?? 0);
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(3 * 2 ** -24 * Math.abs(exact));
    }
  });

  test('erfInv undoes erf', () => {
    const y = [-0.999, -0.5, 0, 0.25, 0.9];
    const x = evaluate(ops.erf(ops.erfInv(float('x', 5))), { x: y });
    for (const [at, value] of x.entries()) expect(value).toBeCloseTo(y[at] ?? 0, 5);
    const ends = evaluate(ops.erfInv(float('x', 3)), { x: [1, -1, 1.5] });
    expect(ends).toEqual([Infinity, -Infinity, Number.NaN]);
  });

  test('erf at values from Abramowitz and Stegun, table 7.1', () => {
    const y = evaluate(ops.erf(float('x', 4)), { x: [0, 0.5, 1, -2] });
    const wanted = [0, 0.5204998778, 0.8427007929, -0.995322265];
    for (const [at, value] of wanted.entries()) expect(y[at]).toBeCloseTo(value, 6);
  });
});

describe('integers and masks', () => {
  const a = int('a', 4);
  const values = { a: [7, -7, 2147483647, 0] };
  const asInts = (mask: Node): Node => ops.cast(mask, 'int32');

  test('int32 arithmetic wraps around', () => {
    expect(evaluate(ops.add(a, 1), values)).toEqual([8, -6, -2147483648, 1]);
    expect(evaluate(ops.sub(a, 8), values)).toEqual([-1, -15, 2147483639, -8]);
    expect(evaluate(ops.mul(a, 3), values)).toEqual([21, -21, 2147483645, 0]);
    expect(evaluate(ops.neg(a), values)).toEqual([-7, 7, -2147483647, 0]);
    expect(evaluate(ops.maximum(a, 1), values)).toEqual([7, 1, 2147483647, 1]);
    expect(evaluate(ops.minimum(a, 1), values)).toEqual([1, -7, 1, 0]);
  });

  test('int32 comparisons and logic', () => {
    const small = ops.less(a, 7);
    const notNegative = ops.greaterEqual(a, 0);
    expect(evaluate(asInts(small), values)).toEqual([0, 1, 0, 1]);
    expect(evaluate(asInts(ops.lessEqual(a, 7)), values)).toEqual([1, 1, 0, 1]);
    expect(evaluate(asInts(ops.greater(a, 7)), values)).toEqual([0, 0, 1, 0]);
    expect(evaluate(asInts(ops.equal(a, 7)), values)).toEqual([1, 0, 0, 0]);
    expect(evaluate(asInts(ops.notEqual(a, 7)), values)).toEqual([0, 1, 1, 1]);
    expect(evaluate(asInts(ops.logicalAnd(small, notNegative)), values)).toEqual([0, 0, 0, 1]);
    expect(evaluate(asInts(ops.logicalOr(small, notNegative)), values)).toEqual([1, 1, 1, 1]);
    expect(evaluate(asInts(ops.logicalNot(small)), values)).toEqual([1, 0, 1, 0]);
  });

  test('float32 to int32 goes towards zero and saturates', () => {
    const x = float('x', 6);
    expect(evaluate(ops.cast(x, 'int32'), { x: [1.9, -1.9, 3e9, -3e9, Number.NaN, -0] })).toEqual([
      1, -1, 2147483647, -2147483648, 0, 0,
    ]);
  });

  test('where chooses and does not compute', () => {
    const x = float('x', 2);
    expect(evaluate(ops.where(ops.less(x, 1), 5, x), { x: [Number.NaN, 0] })).toEqual([Number.NaN, 5]);
  });
});

describe('reductions', () => {
  const x = float('x', 2, 3);
  const values = { x: [1, 2, 3, 4, 5, 6] };

  test.each([
    ['sum', ops.sum, [5, 7, 9], [6, 15], [21]],
    ['mean', ops.mean, [2.5, 3.5, 4.5], [2, 5], [3.5]],
    ['max', ops.max, [4, 5, 6], [3, 6], [6]],
    ['min', ops.min, [1, 2, 3], [1, 4], [1]],
  ] as const)('%s', (_name, op, overRows, overColumns, overAll) => {
    const close = (got: readonly number[], wanted: readonly number[]): void => {
      expect(got.length).toBe(wanted.length);
      for (const [at, value] of wanted.entries()) expect(got[at]).toBeCloseTo(value, 5);
    };
    close(evaluate(op(x, { axes: [0] }), values), overRows);
    close(evaluate(op(x, { axes: [-1] }), values), overColumns);
    close(evaluate(op(x), values), overAll);
    expect(op(x, { axes: [0], keepDims: true }).shape).toEqual([1, 3]);
    expect(op(x, { keepDims: true }).shape).toEqual([1, 1]);
    expect(op(x, { axes: [] }).shape).toEqual([2, 3]);
  });

  test('softmax and its logarithms', () => {
    const logits = float('x', 1, 3);
    const given = { x: [0, Math.log(2), Math.log(5)] };
    const probabilities = evaluate(ops.softmax(logits), given);
    const logs = evaluate(ops.logSoftmax(logits), given);
    for (const [at, wanted] of [1 / 8, 2 / 8, 5 / 8].entries()) {
      expect(probabilities[at]).toBeCloseTo(wanted, 6);
      expect(logs[at]).toBeCloseTo(Math.log(wanted), 6);
    }
    expect(evaluate(ops.logSumExp(logits), given)[0]).toBeCloseTo(Math.log(8), 6);
    const infinite = -Infinity;
    expect(evaluate(ops.logSumExp(logits), { x: [infinite, infinite, infinite] })).toEqual([infinite]);
    expect(evaluate(ops.softmax(logits), { x: [infinite, 0, 1000] })).toEqual([0, 0, 1]);
  });

  test('argMax: the first of equals, 0 for NaN', () => {
    const rows = float('x', 3, 3);
    expect(evaluate(ops.argMax(rows), { x: [0, 2, 2, -3, -2, -1, 1, Number.NaN, 2] })).toEqual([1, 2, 0]);
  });
  test('argMax along another axis', () => {
    const values = { x: [1, 7, 3, 4, 7, 2] };
    expect(evaluate(ops.argMax(float('x', 2, 3), 0), values)).toEqual([1, 0, 0]);
    expect(evaluate(ops.argMax(float('x', 2, 3), -2), values)).toEqual([1, 0, 0]);
    expect(() => ops.argMax(float('x', 2, 3), 2)).toThrowError(
      expect.objectContaining({ code: 'BAD_OPTION' }),
    );
  });
});

describe('shapes and indices', () => {
  const x = float('x', 2, 3);
  const values = { x: [1, 2, 3, 4, 5, 6] };

  test('matmul', () => {
    const y = float('y', 3, 2);
    const both = { ...values, y: [1, 0, 0, 1, 2, 2] };
    expect(evaluate(ops.matmul(x, y), both)).toEqual([7, 8, 16, 17]);
    expect(evaluate(ops.matmul(x, x, { transposeB: true }), both)).toEqual([14, 32, 32, 77]);
    expect(evaluate(ops.matmul(x, x, { transposeA: true }), both)).toEqual([
      17, 22, 27, 22, 29, 36, 27, 36, 45,
    ]);
  });

  test('transpose, reshape and broadcastTo', () => {
    expect(evaluate(ops.transpose(x), values)).toEqual([1, 4, 2, 5, 3, 6]);
    expect(ops.transpose(float('z', 2, 3, 5), [1, 2, 0]).shape).toEqual([3, 5, 2]);
    expect(evaluate(ops.transpose(ops.reshape(x, [3, -1])), values)).toEqual([1, 3, 5, 2, 4, 6]);
    expect(ops.expandDims(x, -1).shape).toEqual([2, 3, 1]);
    expect(ops.squeeze(ops.expandDims(x, 1), 1).shape).toEqual([2, 3]);
    expect(evaluate(ops.broadcastTo(float('v', 2, 1), { shape: [2, 2] }), { v: [1, 2] })).toEqual([
      1, 1, 2, 2,
    ]);
  });

  test('a reshape that shares no factors', () => {
    const wide = float('w', 4, 6);
    const given = { w: Array.from({ length: 24 }, (_, at) => at) };
    const narrow = ops.transpose(ops.reshape(wide, [3, 8]));
    const wanted = Array.from({ length: 24 }, (_, at) => (at % 3) * 8 + Math.floor(at / 3));
    expect(evaluate(narrow, given)).toEqual(wanted);
  });

  test('gather clamps, scatterAdd sums, pick and iota', () => {
    const index = int('i', 4);
    const given = { ...values, i: [1, 0, -5, 9] };
    expect(evaluate(ops.gather(x, index), given)).toEqual([4, 5, 6, 1, 2, 3, 1, 2, 3, 4, 5, 6]);
    expect(evaluate(ops.scatterAdd(index, float('u', 4), 3), { i: [2, 0, 2, 7], u: [1, 2, 4, 8] })).toEqual([
      2, 0, 13,
    ]);
    expect(evaluate(ops.pick(x, int('j', 2)), { ...values, j: [2, 0] })).toEqual([3, 4]);
    expect(evaluate(ops.iota({ shape: [2, 3] }, 1))).toEqual([0, 1, 2, 0, 1, 2]);
    expect(evaluate(ops.full({ shape: [2], dtype: 'float32' }, 0.5))).toEqual([0.5, 0.5]);
  });

  test('the batch axis follows reshape, transpose and reductions', () => {
    const batch = input('b', { shape: [5, 3, 7], batchAxis: 0 });
    expect(ops.reshape(batch, [15, 7]).batchAxis).toBe(0);
    expect(ops.reshape(ops.reshape(batch, [15, 7]), [5, 21]).batchAxis).toBe(0);
    expect(ops.reshape(batch, [1, 5, 21]).batchAxis).toBe(1);
    expect(ops.transpose(batch, [2, 0, 1]).batchAxis).toBe(1);
    expect(ops.sum(batch, { axes: [0] }).batchAxis).toBeUndefined();
    expect(ops.sum(ops.transpose(batch, [2, 0, 1]), { axes: [0] }).batchAxis).toBe(0);
    const single = input('s', { shape: [1, 1, 7], batchAxis: 0 });
    expect(ops.reshape(single, [1, 7]).batchAxis).toBe(0);
    expect(ops.expandDims(single, 0).batchAxis).toBe(1);
    expect(ops.squeeze(single, 1).batchAxis).toBe(0);
  });
});

describe('what is refused', () => {
  const x = float('x', 2, 3);
  const batch = input('b', { shape: [6, 4], batchAxis: 0 });
  test.each([
    ['SHAPE_MISMATCH', () => ops.add(x, float('y', 4))],
    ['SHAPE_MISMATCH', () => ops.add(input('s', { shape: [1, 3], batchAxis: 0 }), x)],
    ['SHAPE_MISMATCH', () => ops.add(batch, input('c', { shape: [6, 4], batchAxis: 1 }))],
    ['SHAPE_MISMATCH', () => ops.matmul(x, x)],
    ['SHAPE_MISMATCH', () => ops.reshape(x, [4, 2])],
    ['SHAPE_MISMATCH', () => ops.reshape(x, [-1, 4])],
    ['SHAPE_MISMATCH', () => ops.reshape(x, [-1, -1])],
    ['SHAPE_MISMATCH', () => ops.reshape(batch, [4, 6])],
    ['SHAPE_MISMATCH', () => ops.broadcastTo(x, { shape: [2, 1] })],
    ['SHAPE_MISMATCH', () => ops.softmax(float('s'))],
    ['SHAPE_MISMATCH', () => ops.pick(x, int('i', 3))],
    ['SHAPE_MISMATCH', () => ops.gather(float('s'), int('i', 3))],
    ['SHAPE_MISMATCH', () => ops.scatterAdd(int('i', 3), x, 2)],
    ['DTYPE_MISMATCH', () => ops.add(x, int('i', 2, 3))],
    ['DTYPE_MISMATCH', () => ops.exp(int('i', 3))],
    ['DTYPE_MISMATCH', () => ops.where(x, x, x)],
    ['DTYPE_MISMATCH', () => ops.where(ops.less(x, 0), x, int('i', 3))],
    ['DTYPE_MISMATCH', () => ops.cast(ops.cast(ops.less(x, 0), 'int32'), 'float32') && ops.sum(int('i', 3))],
    ['BAD_OPTION', () => ops.sum(x, { axes: [2] })],
    ['BAD_OPTION', () => ops.sum(x, { axes: [0, -2] })],
    ['BAD_OPTION', () => ops.transpose(x, [0, 0])],
    ['BAD_OPTION', () => ops.squeeze(x, 0)],
    ['BAD_OPTION', () => ops.reshape(batch, [6, 2, 2], { batchAxis: 1 })],
    ['BAD_OPTION', () => ops.leakyRelu(x, -1)],
    ['BAD_OPTION', () => ops.iota({ shape: [3] }, 1)],
  ] as const)('%s %s', (code, make) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});

test('the float64 reference keeps the digits of a constant', () => {
  const graph = { name: 'case', outputs: { y: ops.mul(float('x'), 0.1) }, updates: [] };
  const sizes = { batchSize: 0, lanes: 1 };
  expect(runGraph(reference, graph, sizes, { x: [1] })['y']?.[0]).toBe(0.1);
  expect(runGraph(oracle, graph, sizes, { x: [1] })['y']?.[0]).toBe(Math.fround(0.1));
});
