import { expect, test } from 'vitest';
import { grad } from '../autodiff/grad.ts';
import { input } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { oracle, runGraph } from '../runtime/testing/executors.ts';
import { slopeError } from '../runtime/testing/slope.ts';
import * as ops from './index.ts';

const sizes = { batchSize: 3, lanes: 1 };
const x = input('x', { shape: [3, 2], batchAxis: 0 });
const values = { x: [3, -4, 0, 0, -12, 5] };
const evaluate = (node: Node): readonly number[] =>
  Array.from(runGraph(oracle, { name: 'case', outputs: { y: node }, updates: [] }, sizes, values)['y'] ?? []);
const kinds = ['l1', 'l2', 'max'] as const;

test('norms of rows and of everything', () => {
  expect(kinds.map((kind) => evaluate(ops.norm(x, { kind, axes: [1] })))).toEqual([
    [7, 0, 17],
    [5, 0, 13],
    [4, 0, 12],
  ]);
  expect(evaluate(ops.norm(x, { kind: 'l1' }))).toEqual([24]);
  expect(evaluate(ops.norm(x))[0]).toBeCloseTo(Math.sqrt(194), 5);
});

test('gradients of norms; that of a vector of zeros is 0', () => {
  const gradients = kinds.map((kind) =>
    grad(ops.sum(ops.norm(x, { kind, axes: [1] })), [x]).flatMap(evaluate),
  );
  expect(gradients[0]).toEqual([1, -1, 0, 0, -1, 1]);
  for (const [at, wanted] of [3 / 5, -4 / 5, 0, 0, -12 / 13, 5 / 13].entries())
    expect(gradients[1]?.[at]).toBeCloseTo(wanted, 6);
  expect(gradients[2]).toEqual([0, -1, 0, 0, -1, 0]);
});

test('the gradient of the gradient of the L2 norm is its slope', () => {
  const away = ops.norm(ops.add(x, 0.5), { axes: [1] });
  const [gradient = x] = grad(ops.sum(away), [x]);
  const loss = ops.sum(ops.sin(gradient));
  const [second = x] = grad(loss, [x]);
  expect(slopeError({ loss, gradients: { x: second } }, sizes, values)).toBeLessThan(1e-7);
});
