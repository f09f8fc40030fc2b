import { expect, test } from 'vitest';
import { input } from '../graph/leaves.ts';
import { executors, runGraph } from '../runtime/testing/executors.ts';
import { oneHot } from './index.ts';

const labels = input('labels', { shape: [4], dtype: 'int32', batchAxis: 0 });

test.each(Object.entries(executors))(
  '%s: rows of the unit matrix, none for an index out of range',
  (_name, make) => {
    const outputs = { hot: oneHot(labels, 3), soft: oneHot(labels, 3, { on: 0.75, off: 0.125 }) };
    const graph = { name: 'case', outputs, updates: [] };
    const got = runGraph(make, graph, { batchSize: 4, lanes: 1 }, { labels: [2, 0, 3, -1] });
    expect(Array.from(got['hot'] ?? [])).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(Array.from(got['soft'] ?? []).slice(0, 3)).toEqual([0.125, 0.125, 0.75]);
  },
);

test('the mini-batch stays where it was', () => {
  expect(oneHot(labels, 3)).toMatchObject({ shape: [4, 3], batchAxis: 0, dtype: 'float32' });
});

test.each([0, 2.5, -1])('depth %d is refused', (depth) => {
  expect(() => oneHot(labels, depth)).toThrowError(expect.objectContaining({ code: 'BAD_OPTION' }));
});
