import { expect, it } from 'vitest';
import { type Graph, rootsOf, topologicalOrder } from '../graph/graph.ts';
import { input } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { add, exp, matmul, reshape, stopGradient, sum } from '../ops/index.ts';
import { simplify } from './simplify.ts';

const graphOf = (y: Node): Graph => ({ name: 'g', outputs: { y }, updates: [] });
const opsOf = (graph: Graph): readonly string[] => topologicalOrder(rootsOf(graph)).map(({ op }) => op.name);

it('merges equal computations and keeps different ones', () => {
  const x = input('x', { shape: [3, 4], batchAxis: 0 });
  const merged = simplify(graphOf(add(sum(exp(x)), sum(exp(input('x', { shape: [3, 4], batchAxis: 0 }))))));
  expect(opsOf(merged).filter((name) => name === 'exp')).toHaveLength(1);
  const w = input('w', { shape: [4, 4] });
  const kept = simplify(graphOf(add(matmul(x, w), matmul(x, w, { transposeB: true }))));
  expect(opsOf(kept).filter((name) => name === 'matmul')).toHaveLength(2);
});

it('drops reshapes that cancel each other and gradient stops', () => {
  const x = input('x', { shape: [5, 12], batchAxis: 0 });
  const images = reshape(x, [5, 3, 4]);
  expect(opsOf(simplify(graphOf(exp(reshape(images, [5, 12])))))).toEqual(['input', 'exp']);
  expect(opsOf(simplify(graphOf(exp(reshape(images, [5, 6, 2])))))).toEqual(['input', 'reshape', 'exp']);
  expect(opsOf(simplify(graphOf(exp(stopGradient(x)))))).toEqual(['input', 'exp']);
});
