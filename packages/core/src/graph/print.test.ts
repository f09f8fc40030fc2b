import { expect, it } from 'vitest';
import { matmul, sum } from '../ops/index.ts';
import { constant, input, variable } from './leaves.ts';
import { printGraph } from './print.ts';

it('prints a graph one line a node, with attributes, types and what becomes of the values', () => {
  const x = input('x', { shape: [4, 2], batchAxis: 0 });
  const w = variable('w', constant([1, 2, 3, 4, 5, 6], { shape: [2, 3] }));
  const six = constant([1, 2, 3, 4, 5, 6], { shape: [2, 3] });
  const graph = {
    name: 'tiny',
    outputs: { loss: sum(matmul(x, w)) },
    guard: 'loss',
    updates: [{ variable: w, value: six }],
  };
  expect(printGraph(graph)).toBe(
    [
      'graph tiny',
      '  %0 = input() { name: "x" }: float32 [4, 2] batch 0',
      '  %1 = variable() { path: "w", role: "parameter", trainable: true, initial: graph }: float32 [2, 3]',
      '  %2 = matmul(%0, %1) { transposeA: false, transposeB: false }: float32 [4, 3] batch 0',
      '  %3 = sum(%2) { axis: 1 }: float32 [4] batch 0',
      '  %4 = sum(%3) { axis: 0 }: float32 []',
      '  %5 = constant() { values: [1, 2, 3, 4, ... 6 in all] }: float32 [2, 3]',
      '  output loss = %4 (guard)',
      '  update %1 <- %5',
      '',
    ].join('\n'),
  );
});
