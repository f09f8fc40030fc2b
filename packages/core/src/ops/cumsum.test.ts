import { expect, test } from 'vitest';
import { input } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { executors, oracle, runGraph } from '../runtime/testing/executors.ts';
import { randomNumbers } from '../runtime/testing/sampleCase.ts';
import { cumsum, slice, sum } from './index.ts';

const noBatch = { batchSize: 0, lanes: 1 };
const graphOf = (outputs: Readonly<Record<string, Node>>) => ({ name: 'case', outputs, updates: [] });

test('along rows, along columns, and from the end', () => {
  const x = input('x', { shape: [2, 3] });
  const outputs = { rows: cumsum(x), columns: cumsum(x, { axis: 0 }), back: cumsum(x, { reverse: true }) };
  const got = runGraph(oracle, graphOf(outputs), noBatch, { x: [1, 2, 3, 4, 5, 6] });
  expect(Array.from(got['rows'] ?? [])).toEqual([1, 3, 6, 4, 9, 15]);
  expect(Array.from(got['columns'] ?? [])).toEqual([1, 2, 3, 5, 7, 9]);
  expect(Array.from(got['back'] ?? [])).toEqual([6, 5, 3, 15, 11, 6]);
});

test.each(Object.entries({ oracle, ...executors }))(
  '%s: each element has the bits of the sum of all up to it',
  (_name, make) => {
    const count = 1100;
    const x = input('x', { shape: [count, 2] });
    const random = randomNumbers(5);
    const values = { x: Array.from({ length: 2 * count }, () => (random() - 0.5) * 2 ** (40 * random())) };
    const ends = [1, 2, 511, 512, 513, 1024, 1025, count];
    const sums = Object.fromEntries(
      ends.map((end) => [`to${end}`, sum(slice(x, [0, 0], [end, 2]), { axes: [0] })]),
    );
    const got = runGraph(make, graphOf({ y: cumsum(x, { axis: 0 }), ...sums }), noBatch, values);
    for (const end of ends)
      expect(Array.from(got['y']?.slice(2 * end - 2, 2 * end) ?? [])).toEqual(
        Array.from(got[`to${end}`] ?? []),
      );
  },
);

test('not along the mini-batch', () => {
  expect(() => cumsum(input('x', { shape: [4, 3], batchAxis: 0 }), { axis: 0 })).toThrowError(
    expect.objectContaining({ code: 'BAD_OPTION' }),
  );
});
