import { expect, test } from 'vitest';
import { input } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { erfReference } from '../nest/functions/erf.ts';
import { oracle, runGraph } from '../runtime/testing/executors.ts';
import * as ops from './index.ts';

const evaluate = (y: Node, x: readonly number[]): readonly number[] =>
  Array.from(
    runGraph(oracle, { name: 'case', outputs: { y }, updates: [] }, { batchSize: 1, lanes: 1 }, { x })['y'] ??
      [],
  );

test.each([
  [
    'gelu',
    ops.gelu,
    [-0.00404969409489, -0.100210801903, -0.100323418579, 0, 0.149676581421, 1.399789198097, 2.995950305905],
  ],
  [
    'geluTanh',
    ops.geluTanh,
    [-0.00363739208177, -0.10042842302, -0.100324649298, 0, 0.149675350701, 1.39957157698, 2.996362607918],
  ],
] as const)('%s has the values of PyTorch, in float64', (_name, op, wanted) => {
  for (const [at, value] of evaluate(
    op(input('x', { shape: [7] })),
    [-3, -1.5, -0.25, 0, 0.25, 1.5, 3],
  ).entries())
    expect(Math.abs(value - (wanted[at] ?? 0))).toBeLessThan(4e-7);
});

test('the errors of activations are those of docs/numerics.md', () => {
  const count = 4096;
  const x = input('x', { shape: [count] });
  const points = Array.from({ length: count }, (_, at) => Math.fround((at - count / 2) / 100));
  const gate = (v: number): number => 1 / (1 + Math.exp(-v));
  const elu = (v: number, alpha: number): number => (v > 0 ? v : alpha * Math.expm1(v));
  const scale = 2 * Math.sqrt(2 / Math.PI);
  const stated: readonly (readonly [(x: Node) => Node, (x: number) => number, number])[] = [
    [ops.elu, (v) => elu(v, 1), 5e-8],
    [ops.hardSigmoid, (v) => Math.min(6, Math.max(0, v + 3)) / 6, 8e-8],
    [ops.silu, (v) => v * gate(v), 1.6e-7],
    [ops.geluTanh, (v) => v * gate(scale * (v + 0.044715 * v ** 3)), 1.6e-7],
    [ops.selu, (v) => 1.0507009873554805 * elu(v, 1.6732632423543772), 1.8e-7],
    [ops.gelu, (v) => (v / 2) * (1 + erfReference(v * Math.SQRT1_2)), 9e-7],
  ];
  for (const [op, exact, bound] of stated)
    for (const [at, value] of evaluate(op(x), points).entries()) {
      const wanted = exact(points[at] ?? 0);
      expect(Math.abs(value - wanted)).toBeLessThan(bound * Math.max(1, Math.abs(wanted)));
    }
});
