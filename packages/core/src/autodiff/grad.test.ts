import { describe, expect, test } from 'vitest';
import { lower } from '../compile/lower.ts';
import { topologicalOrder } from '../graph/graph.ts';
import { input, variable } from '../graph/leaves.ts';
import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import * as ops from '../ops/index.ts';
import { oracle, runGraph } from '../runtime/testing/executors.ts';
import { grad } from './grad.ts';
import { valueAndGrad } from './valueAndGrad.ts';

const scalarOf = (node: Node, values: Readonly<Record<string, readonly number[]>>): readonly number[] => {
  const graph = { name: 'case', outputs: { y: node }, updates: [] };
  return Array.from(runGraph(oracle, graph, { batchSize: 3, lanes: 1 }, values)['y'] ?? []);
};
const gradient = (loss: Node, x: Node): Node => grad(loss, [x])[0] ?? loss;

/** The identity, of which nobody said how to differentiate it. */
const opaque: Op = {
  name: 'opaque',
  infer: ([x]) => x ?? { shape: [], dtype: 'float32' },
};

describe('values', () => {
  const x = input('x', { shape: [] });
  const values = { x: [3] };

  test('a polynomial, twice', () => {
    const loss = ops.mul(x, ops.mul(x, x));
    const first = gradient(loss, x);
    expect(scalarOf(first, values)).toEqual([27]);
    expect(scalarOf(gradient(first, x), values)).toEqual([18]);
  });

  test('a node that is used twice gets the sum', () => {
    expect(scalarOf(gradient(ops.add(ops.mul(x, 2), ops.mul(x, 5)), x), values)).toEqual([7]);
  });

  test('a node in the middle, and a node and what it is made of together', () => {
    const middle = ops.square(x);
    const loss = ops.mul(middle, 4);
    const [toMiddle, toX] = grad(loss, [middle, x]);
    expect(scalarOf(toMiddle ?? x, values)).toEqual([4]);
    expect(scalarOf(toX ?? x, values)).toEqual([24]);
  });

  test('the loss itself', () => {
    expect(scalarOf(gradient(x, x), values)).toEqual([1]);
  });

  test('zeros where there is no dependence', () => {
    const other = input('other', { shape: [2] });
    expect(scalarOf(gradient(ops.square(x), other), { ...values, other: [1, 2] })).toEqual([0, 0]);
  });

  test('stopGradient, integers and comparisons let nothing pass', () => {
    const stopped = ops.mul(x, ops.stopGradient(x));
    expect(scalarOf(gradient(stopped, x), values)).toEqual([3]);
    const throughInts = ops.mul(x, ops.cast(ops.cast(x, 'int32'), 'float32'));
    expect(scalarOf(gradient(throughInts, x), values)).toEqual([3]);
    const chosen = ops.where(ops.greater(x, 1), ops.mul(x, 2), ops.mul(x, 7));
    expect(scalarOf(gradient(chosen, x), values)).toEqual([2]);
  });

  test('value and gradient', () => {
    const { value, gradients } = valueAndGrad(ops.square(x), [x]);
    expect(scalarOf(value, values)).toEqual([9]);
    expect(scalarOf(gradients[0] ?? value, values)).toEqual([6]);
  });
});

describe('kinks', () => {
  const x = input('x', { shape: [3] });
  const at = (op: (x: Node) => Node, values: readonly number[]): readonly number[] =>
    scalarOf(gradient(ops.sum(op(x)), x), { x: values });

  test('relu and abs have derivative 0 at 0, leakyRelu alpha', () => {
    expect(at(ops.relu, [-1, 0, 1])).toEqual([0, 0, 1]);
    expect(at(ops.abs, [-1, 0, 1])).toEqual([-1, 0, 1]);
    expect(at((n) => ops.leakyRelu(n, 0.25), [-1, 0, 1])).toEqual([0.25, 0.25, 1]);
  });

  test('equal maxima share the gradient', () => {
    expect(at((n) => ops.max(n), [2, 1, 2])).toEqual([0.5, 0, 0.5]);
    expect(at((n) => ops.min(n), [2, 1, 3])).toEqual([0, 1, 0]);
  });

  test('of two equal operands of maximum the first gets it', () => {
    expect(at((n) => ops.maximum(n, 1), [0, 1, 2])).toEqual([0, 1, 1]);
    expect(at((n) => ops.maximum(1, n), [0, 1, 2])).toEqual([0, 0, 1]);
  });

  test('a logarithm kept away from 0 by choosing its operand', () => {
    const safe = (n: Node): Node => {
      const positive = ops.greater(n, 0);
      return ops.where(positive, ops.log(ops.where(positive, n, 1)), 0);
    };
    expect(at(safe, [0, 1, 2])).toEqual([0, 1, 0.5]);
  });
});

describe('shapes and the mini-batch', () => {
  const x = input('x', { shape: [3, 2], batchAxis: 0 });
  const weights = variable('w', ops.full({ shape: [2, 5], dtype: 'float32' }, 0));
  const bias = variable('b', ops.full({ shape: [5], dtype: 'float32' }, 0));
  const y = ops.relu(ops.add(ops.matmul(x, weights), bias));
  const [toWeights, toBias, toX] = grad(ops.mean(ops.square(y)), [weights, bias, x]);

  test('gradients have the shape and batch axis of what they are gradients of', () => {
    expect([toWeights?.shape, toWeights?.batchAxis]).toEqual([[2, 5], undefined]);
    expect([toBias?.shape, toBias?.batchAxis]).toEqual([[5], undefined]);
    expect([toX?.shape, toX?.batchAxis]).toEqual([[3, 2], 0]);
  });

  test('sums over the mini-batch go by lanes, other sums do not', () => {
    const rulesOf = (node: Node): readonly (string | undefined)[] => {
      const graph = { name: 'case', outputs: { y: node }, updates: [] };
      const program = lower(graph, { batchSize: 3, lanes: 1, steps: 1 });
      const nests = program.phases.flatMap(({ groups }) =>
        groups.flatMap(({ kernels }) => kernels.map(({ nest }) => nest)),
      );
      // The last nest copies the result out.
      return nests.slice(0, -1).map(({ reduction }) => reduction?.rule);
    };
    expect(rulesOf(toWeights ?? x).at(-1)).toBe('batch');
    expect(rulesOf(toBias ?? x).at(-1)).toBe('batch');
    expect(rulesOf(toX ?? x).at(-1)).toBe('ordered');
    expect(rulesOf(ops.sum(x))).toEqual(['row', 'batch']);
    expect(rulesOf(ops.sum(ops.transpose(x), { axes: [0] })).at(-1)).toBe('ordered');
    const index = input('index', { shape: [3], dtype: 'int32', batchAxis: 0 });
    expect(rulesOf(gradient(ops.sum(ops.gather(weights, index)), weights)).at(-1)).toBe('batch');
  });

  test('a broadcast operand gets the sum over what it was repeated along', () => {
    const row = input('row', { shape: [2] });
    const column = input('column', { shape: [3, 1] });
    const values = { x: [1, 2, 3, 4, 5, 6], row: [1, 1], column: [1, 1, 1] };
    const loss = ops.sum(ops.mul(ops.mul(x, row), column));
    const [toRow, toColumn] = grad(loss, [row, column]);
    expect(scalarOf(toRow ?? x, values)).toEqual([9, 12]);
    expect(scalarOf(toColumn ?? x, values)).toEqual([3, 7, 11]);
    expect(toColumn?.shape).toEqual([3, 1]);
  });

  test('the backward pass of a rectifier needs its output, not its input', () => {
    const before = ops.add(ops.matmul(x, weights), bias);
    const users = topologicalOrder(grad(ops.sum(ops.relu(before)), [weights])).filter((node) =>
      node.inputs.includes(before),
    );
    expect(users.map((node) => node.op.name)).toEqual(['relu']);
  });
});

describe('what is refused', () => {
  const x = input('x', { shape: [2] });
  const code = (wanted: string): unknown => expect.objectContaining({ code: wanted });

  test('a loss that is not one number', () => {
    expect(() => grad(x, [x])).toThrow(code('SHAPE_MISMATCH'));
    expect(() => grad(input('i', { shape: [], dtype: 'int32' }), [x])).toThrow(code('DTYPE_MISMATCH'));
  });

  test('a path through an op without gradient, and only that', () => {
    const hidden = apply(opaque, [x], {});
    expect(() => grad(ops.sum(hidden), [x])).toThrow(code('NOT_DIFFERENTIABLE'));
    const other = input('other', { shape: [2] });
    expect(grad(ops.sum(ops.mul(other, hidden)), [other])).toHaveLength(1);
    expect(grad(ops.sum(ops.mul(x, ops.stopGradient(hidden))), [x])).toHaveLength(1);
    expect(grad(ops.sum(hidden), [hidden])).toHaveLength(1);
  });

  test('a gradient of the wrong shape', () => {
    const wrong: Op = { ...opaque, gradient: (_node, upstream) => [ops.sum(upstream)] };
    expect(() => grad(ops.sum(apply(wrong, [x], {})), [x])).toThrow(code('GRAPH_INVALID'));
  });
});
