import { expect, test } from 'vitest';
import { grad } from '../autodiff/grad.ts';
import { input } from '../graph/leaves.ts';
import { executors, oracle, runGraph } from '../runtime/testing/executors.ts';
import { randomNumbers } from '../runtime/testing/sampleCase.ts';
import { mul, sum, topK } from './index.ts';

test.each(Object.entries({ oracle, ...executors }))(
  '%s: sorting finds the same, equal elements in order',
  (_name, make) => {
    const [rows, size, k] = [6, 37, 9];
    const x = input('x', { shape: [rows, size], batchAxis: 0 });
    const random = randomNumbers(3);
    const values = Array.from({ length: rows * size }, () => Math.floor(random() * 12) - 6);
    const { values: greatest, indices } = topK(x, k);
    const graph = { name: 'case', outputs: { greatest, indices }, updates: [] };
    const got = runGraph(make, graph, { batchSize: rows, lanes: 1 }, { x: values });
    for (let row = 0; row < rows; row += 1) {
      const own = values.slice(row * size, (row + 1) * size);
      const order = [...own.keys()].sort((a, b) => (own[b] ?? 0) - (own[a] ?? 0) || a - b).slice(0, k);
      expect(Array.from(got['indices'] ?? []).slice(row * k, (row + 1) * k)).toEqual(order);
      expect(Array.from(got['greatest'] ?? []).slice(row * k, (row + 1) * k)).toEqual(
        order.map((at) => own[at]),
      );
    }
  },
);

test('NaN counts as -infinity and stays NaN', () => {
  const x = input('x', { shape: [4] });
  const { values, indices } = topK(x, 4);
  const graph = { name: 'case', outputs: { values, indices }, updates: [] };
  const got = runGraph(oracle, graph, { batchSize: 0, lanes: 1 }, { x: [Number.NaN, 2, -Infinity, 5] });
  expect(Array.from(got['indices'] ?? [])).toEqual([3, 1, 0, 2]);
  expect(Array.from(got['values'] ?? [])).toEqual([5, 2, Number.NaN, -Infinity]);
});

test('gradients go to the elements that were chosen', () => {
  const x = input('x', { shape: [2, 4], batchAxis: 0 });
  const weights = input('weights', { shape: [2] });
  const [gradient = x] = grad(sum(mul(topK(x, 2).values, weights)), [x]);
  const graph = { name: 'case', outputs: { gradient }, updates: [] };
  const got = runGraph(
    oracle,
    graph,
    { batchSize: 2, lanes: 1 },
    { x: [1, 7, 3, 5, 9, 9, 0, 2], weights: [10, 100] },
  );
  expect(Array.from(got['gradient'] ?? [])).toEqual([0, 10, 0, 100, 10, 100, 0, 0]);
});

test.each([0, 5, 1.5])('k of %d out of 4 is refused', (k) => {
  expect(() => topK(input('x', { shape: [4] }), k)).toThrowError(
    expect.objectContaining({ code: 'BAD_OPTION' }),
  );
});

test('rows of the mini-batch are not compared', () => {
  expect(() => topK(input('x', { shape: [3, 4], batchAxis: 1 }), 2)).toThrowError(
    expect.objectContaining({ code: 'BAD_OPTION' }),
  );
});
