import { expect, test } from 'vitest';
import { grad } from '../autodiff/grad.ts';
import { input } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { oracle, runGraph } from '../runtime/testing/executors.ts';
import { slopeError } from '../runtime/testing/slope.ts';
import * as ops from './index.ts';

const sizes = { batchSize: 4, lanes: 2 };
const rows = [
  [3, 5, 1],
  [3, -4, 7],
  [3, 0, 2],
  [3, 12, -2],
];
const x = input('x', { shape: [4, 3], batchAxis: 0 });
const values = { x: rows.flat() };

function evaluate(node: Node): readonly number[] {
  return Array.from(
    runGraph(oracle, { name: 'case', outputs: { y: node }, updates: [] }, sizes, values)['y'] ?? [],
  );
}

function gradientOf(loss: Node): readonly number[] {
  return grad(loss, [x]).flatMap(evaluate);
}

test('variance over axes, the mini-batch among them', () => {
  // Means of the columns: 3, 3.25, 2; of the rows: 3, 2, 5/3, 13/3.
  expect(evaluate(ops.variance(x, { axes: [0] }))).toEqual([0, 35.6875, 10.5]);
  expect(evaluate(ops.variance(x, { axes: [0], correction: 1, keepDims: true }))[2]).toBeCloseTo(14, 5);
  const [first, second] = evaluate(ops.variance(x, { axes: [1] }));
  expect(first).toBeCloseTo(8 / 3, 6);
  expect(second).toBeCloseTo(62 / 3, 5);
  expect(ops.variance(x, { axes: [1] }).batchAxis).toBe(0);
});

test('two passes keep the digits of a small variance far from 0', () => {
  const far = ops.add(ops.mul(x, 2 ** -8), 1024);
  expect(evaluate(ops.variance(far, { axes: [0] }))).toEqual([0, 35.6875 * 2 ** -16, 10.5 * 2 ** -16]);
});

test.each([
  ['variance over the mini-batch', () => ops.variance(x, { axes: [0] })],
  ['variance of rows', () => ops.variance(x, { axes: [1], correction: 1 })],
  ['variance of everything', () => ops.variance(x)],
  ['std of rows', () => ops.std(x, { axes: [1] })],
])('%s: its gradient is the slope, twice', (_name, make) => {
  const loss = ops.sum(ops.square(make()));
  const first = grad(loss, [x]);
  const [gradient = x] = first;
  expect(slopeError({ loss, gradients: { x: gradient } }, sizes, values)).toBeLessThan(1e-8);
  const again = ops.sum(ops.sin(ops.mul(gradient, 0.01)));
  const [second = x] = grad(again, [x]);
  expect(slopeError({ loss: again, gradients: { x: second } }, sizes, values)).toBeLessThan(1e-7);
});

test('where all elements are equal the gradient of the standard deviation is 0', () => {
  expect(gradientOf(ops.sum(ops.std(x, { axes: [0] }))).filter((_, at) => at % 3 === 0)).toEqual([
    0, 0, 0, 0,
  ]);
});

test('a correction that leaves no count is refused', () => {
  expect(() => ops.variance(x, { axes: [1], correction: 3 })).toThrowError(
    expect.objectContaining({ code: 'BAD_OPTION' }),
  );
});
