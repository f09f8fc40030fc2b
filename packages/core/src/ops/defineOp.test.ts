import { describe, expect, test } from 'vitest';
import { grad } from '../autodiff/grad.ts';
import { input } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { load } from '../nest/lowering.ts';
import * as scalar from '../nest/scalar.ts';
import { oracle, runGraph } from '../runtime/testing/executors.ts';
import type { ElementwiseDefinition } from './index.ts';
import { add, defineOp, mul, sigmoid, sub, sum } from './index.ts';

const definition: ElementwiseDefinition<{ beta: number }> = {
  name: 'my.swish',
  arity: 1,
  elementwise: ([x], { beta }) => scalar.mul(x, scalar.call('sigmoid', scalar.mul(x, scalar.f32(beta)))),
  gradient: ({ inputs: [x], attributes: { beta } }, upstream) => {
    if (!x) return [];
    const s = sigmoid(mul(x, beta));
    return [mul(upstream, add(s, mul(mul(mul(x, beta), s), sub(1, s))))];
  },
};

describe('defineOp', () => {
  const values = { x: [-1, 0, 2] };
  const x = input('x', { shape: [3] });
  const run = (outputs: Readonly<Record<string, Node>>): readonly number[] =>
    Array.from(
      runGraph(oracle, { name: 'case', outputs, updates: [] }, { batchSize: 0, lanes: 1 }, values)['y'] ?? [],
    );

  test('an element-wise op and its gradient', () => {
    const swish = defineOp(definition);
    const y = swish([x], { beta: 1 });
    const exact = values.x.map((value) => value / (1 + Math.exp(-value)));
    for (const [at, value] of run({ y }).entries()) expect(value).toBeCloseTo(exact[at] ?? 0, 6);
    const [gradient] = grad(sum(y), [x]);
    const slopes = values.x.map((value) => {
      const s = 1 / (1 + Math.exp(-value));
      return s + value * s * (1 - s);
    });
    for (const [at, value] of run({ y: gradient ?? y }).entries())
      expect(value).toBeCloseTo(slopes[at] ?? 0, 6);
  });

  test('an op with loop nests of its own', () => {
    const reverse = defineOp<object>({
      name: 'my.reverse',
      arity: 1,
      infer: ([from]) => ({ shape: from?.shape ?? [], dtype: 'float32' }),
      lower: (context, node) => {
        const [operand] = node.inputs;
        if (!operand) return;
        const [size = 1] = node.shape;
        const from = scalar.primitive('intSub', scalar.i32(size - 1), scalar.axis(0));
        context.nest({
          name: 'my.reverse',
          axes: [{ size, batch: false }],
          stores: [
            {
              tensor: context.tensor(node).id,
              index: [scalar.axis(0)],
              value: load(context.tensor(operand), [from]),
            },
          ],
        });
      },
    });
    expect(run({ y: reverse([x], {}) })).toEqual([2, 0, -1]);
  });

  test.each([
    ['GRAPH_INVALID', { name: '' }],
    ['GRAPH_INVALID', { name: 'two words' }],
    ['GRAPH_INVALID', { arity: 0 }],
    ['GRAPH_INVALID', { arity: 4 }],
    ['DUPLICATE_NAME', { name: 'relu' }],
  ])('%s for %o', (code, wrong) => {
    expect(() => defineOp({ ...definition, ...wrong })).toThrow(expect.objectContaining({ code }));
  });

  test('a wrong number of inputs, and a shape rule that gives no shape', () => {
    const swish = defineOp(definition);
    expect(() => swish([x, x], { beta: 1 })).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
    const broken = defineOp<object>({
      name: 'my.broken',
      arity: 1,
      infer: () => ({ shape: [2.5], dtype: 'float32' }),
      lower: () => undefined,
    });
    expect(() => broken([x], {})).toThrow(expect.objectContaining({ code: 'GRAPH_INVALID' }));
  });
});
