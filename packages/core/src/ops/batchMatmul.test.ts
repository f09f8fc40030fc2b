import { describe, expect, test } from 'vitest';
import { grad } from '../autodiff/grad.ts';
import { input } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { oracle, runGraph } from '../runtime/testing/executors.ts';
import { slopeError } from '../runtime/testing/slope.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import * as ops from './index.ts';

/** Small integers: sums of their products are exact in any order. */
const valuesOf = ({ shape }: Node): readonly number[] =>
  Array.from({ length: sizeOf(shape) }, (_, at) => ((at * 7) % 11) - 5);

const sizes = { batchSize: 2, lanes: 1 };

function evaluate(y: Node, values: Readonly<Record<string, readonly number[]>>): readonly number[] {
  return Array.from(
    runGraph(oracle, { name: 'case', outputs: { y }, updates: [] }, sizes, values)['y'] ?? [],
  );
}

/** The product of one pair of matrices, [m, k] x [k, n]. */
function product(
  a: readonly number[],
  b: readonly number[],
  [m, k, n]: readonly [number, number, number],
): number[] {
  return Array.from({ length: m * n }, (_, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    return Array.from(
      { length: k },
      (_, term) => (a[row * k + term] ?? 0) * (b[term * n + column] ?? 0),
    ).reduce((sum, each) => sum + each);
  });
}

const matrix = (values: readonly number[], size: number, at: number): readonly number[] =>
  values.slice(at * size, (at + 1) * size);

describe('products of many matrices', () => {
  const a = input('a', { shape: [2, 3, 4, 5], batchAxis: 0 });
  const b = input('b', { shape: [3, 5, 6] });
  const w = input('w', { shape: [5, 6] });
  const values = { a: valuesOf(a), b: valuesOf(b), w: valuesOf(w) };

  test('each with the matrix at its place; axes in front broadcast', () => {
    const y = ops.matmul(a, b);
    expect(y).toMatchObject({ shape: [2, 3, 4, 6], batchAxis: 0 });
    const wanted = [0, 1, 2, 3, 4, 5].flatMap((at) =>
      product(matrix(values.a, 20, at), matrix(values.b, 30, at % 3), [4, 5, 6]),
    );
    expect(evaluate(y, values)).toEqual(wanted);
  });

  test('times a single matrix', () => {
    const wanted = [0, 1, 2, 3, 4, 5].flatMap((at) => product(matrix(values.a, 20, at), values.w, [4, 5, 6]));
    expect(evaluate(ops.matmul(a, w), values)).toEqual(wanted);
    const turned = ops.matmul(ops.transpose(a, [0, 1, 3, 2]), w, { transposeA: true });
    expect(turned).toMatchObject({ shape: [2, 3, 4, 6], batchAxis: 0 });
    expect(evaluate(turned, values)).toEqual(wanted);
  });

  test('a single matrix times many', () => {
    const u = input('u', { shape: [4, 5] });
    const known = { ...values, u: valuesOf(u) };
    const wanted = [0, 1, 2].flatMap((at) => product(known.u, matrix(values.b, 30, at), [4, 5, 6]));
    expect(evaluate(ops.matmul(u, b), known)).toEqual(wanted);
    expect(evaluate(ops.matmul(ops.transpose(u), b, { transposeA: true }), known)).toEqual(wanted);
    expect(evaluate(ops.matmul(u, ops.transpose(b, [0, 2, 1]), { transposeB: true }), known)).toEqual(wanted);
  });

  test('the mini-batch may lie along another axis in front', () => {
    const c = input('c', { shape: [3, 2, 4, 5], batchAxis: 1 });
    const y = ops.matmul(c, w);
    expect(y).toMatchObject({ shape: [3, 2, 4, 6], batchAxis: 1 });
    const wanted = [0, 1, 2, 3, 4, 5].flatMap((at) => product(matrix(values.a, 20, at), values.w, [4, 5, 6]));
    expect(evaluate(y, { c: values.a, w: values.w })).toEqual(wanted);
  });

  test('the gradient of a matrix that all are multiplied by is one product over all rows', () => {
    const loss = ops.sum(ops.tanh(ops.mul(ops.matmul(a, w), 0.05)));
    const [ofA = a, ofW = w] = grad(loss, [a, w]);
    expect(ofW.shape).toEqual([5, 6]);
    expect(slopeError({ loss, gradients: { a: ofA, w: ofW } }, sizes, values)).toBeLessThan(1e-8);
  });
});

test.each([
  [
    [2, 3, 4],
    [2, 5, 6],
  ],
  [
    [2, 3, 4],
    [3, 4, 5],
  ],
  [
    [2, 3, 4],
    [5, 6],
  ],
  [[4], [2, 4, 5]],
])('%j x %j is refused', (left, right) => {
  expect(() => ops.matmul(input('a', { shape: left }), input('b', { shape: right }))).toThrowError(
    expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
  );
});
