import { describe, expect, test } from 'vitest';
import { compile } from '../compile/compile.ts';
import { printProgram } from '../compile/print.ts';
import { input } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { executors, oracle, runGraph } from '../runtime/testing/executors.ts';
import * as ops from './index.ts';

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);
const x = input('x', { shape: [2, 3] });
const rows = input('rows', { shape: [2, 3], batchAxis: 0 });

const everywhere: Readonly<Record<string, typeof oracle>> = { oracle, ...executors };

function evaluate(make: typeof oracle, node: Node, values: readonly number[] = range(6)): readonly number[] {
  const graph = { name: 'case', outputs: { y: node }, updates: [] };
  return Array.from(
    runGraph(make, graph, { batchSize: 2, lanes: 1 }, { x: values, rows: values })['y'] ?? [],
  );
}

describe.each(Object.entries(everywhere))('%s', (_name, make) => {
  const value = (node: Node): readonly number[] => evaluate(make, node);

  test('slice', () => {
    expect(value(ops.slice(x, [0, 1]))).toEqual([1, 2, 4, 5]);
    expect(value(ops.slice(x, [1, 0], [1, 2]))).toEqual([3, 4]);
    expect(value(ops.slice(x, [1]))).toEqual([3, 4, 5]);
    expect(value(ops.slice(ops.slice(x, [0, 1]), [0, 1], [-1, 1]))).toEqual([2, 5]);
  });

  test('split', () => {
    expect(ops.split(x, 3).map(value)).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
    expect(ops.split(x, [2, 1], 1).map(value)).toEqual([
      [0, 1, 3, 4],
      [2, 5],
    ]);
  });

  test('pad', () => {
    expect(
      value(
        ops.pad(
          x,
          [
            [0, 1],
            [1, 0],
          ],
          9,
        ),
      ),
    ).toEqual([9, 0, 1, 2, 9, 3, 4, 5, 9, 9, 9, 9]);
  });

  test('concat', () => {
    expect(value(ops.concat([x, ops.neg(x)], 0))).toEqual([0, 1, 2, 3, 4, 5, -0, -1, -2, -3, -4, -5]);
    expect(value(ops.concat([rows, ops.add(x, 10)]))).toEqual([0, 1, 2, 10, 11, 12, 3, 4, 5, 13, 14, 15]);
  });

  test('stack', () => {
    expect(value(ops.stack([rows, ops.add(rows, 10)], -1))).toEqual([
      0, 10, 1, 11, 2, 12, 3, 13, 4, 14, 5, 15,
    ]);
    expect(value(ops.stack([x, ops.add(x, 10)]))).toEqual([...range(6), 10, 11, 12, 13, 14, 15]);
  });

  test('tile', () => {
    expect(value(ops.tile(x, [2, 2]))).toEqual([
      0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5, 0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5,
    ]);
    expect(value(ops.tile(rows, [1, 2]))).toEqual([0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5]);
  });
});

test('the mini-batch stays where it was', () => {
  const made = [
    ops.slice(rows, [0, 1]),
    ops.concat([x, rows]),
    ops.pad(rows, [
      [0, 0],
      [1, 1],
    ]),
    ops.tile(rows, [1, 3]),
  ];
  expect(made.map(({ batchAxis }) => batchAxis)).toEqual([0, 0, 0, 0]);
  expect(ops.stack([rows, rows], 0).batchAxis).toBe(1);
  expect(ops.tile(input('turned', { shape: [3, 2], batchAxis: 1 }), [4, 1])).toMatchObject({
    shape: [12, 2],
    batchAxis: 1,
  });
});

describe('what is refused', () => {
  const cases: readonly (readonly [string, () => unknown])[] = [
    ['BAD_OPTION', () => ops.slice(rows, [1])],
    ['BAD_OPTION', () => ops.slice(x, [0, 3])],
    ['BAD_OPTION', () => ops.slice(x, [0, 0, 0])],
    [
      'BAD_OPTION',
      () =>
        ops.pad(rows, [
          [1, 0],
          [0, 0],
        ]),
    ],
    ['BAD_OPTION', () => ops.pad(x, [[1, 0]])],
    ['BAD_OPTION', () => ops.split(x, 2)],
    ['BAD_OPTION', () => ops.split(x, [1, 1])],
    ['BAD_OPTION', () => ops.split(x, 0)],
    ['BAD_OPTION', () => ops.tile(rows, [2, 1])],
    ['BAD_OPTION', () => ops.tile(x, [2])],
    ['BAD_OPTION', () => ops.concat([x, x], 2)],
    ['SHAPE_MISMATCH', () => ops.concat([rows, rows], 0)],
    ['SHAPE_MISMATCH', () => ops.concat([x, ops.transpose(x)])],
    ['SHAPE_MISMATCH', () => ops.concat([rows, input('other', { shape: [2, 3], batchAxis: 1 })], 1)],
    ['SHAPE_MISMATCH', () => ops.stack([])],
    ['SHAPE_MISMATCH', () => ops.stack([x, ops.slice(x, [1])])],
  ];
  test.each(cases)('%s %s', (code, make) => {
    expect(make).toThrowError(expect.objectContaining({ code }));
  });
});

describe('where parts are computed', () => {
  const a = input('a', { shape: [8, 16], batchAxis: 0 });
  const w = input('w', { shape: [16, 8] });
  const product = ops.matmul(a, w);
  const sizes = { batchSize: 8, lanes: 1 };
  const listing = (y: Node): string => {
    const graph = { name: 'case', outputs: { y }, updates: [] };
    return compile([{ graph, ...sizes, steps: 1 }])
      .programs.map(printProgram)
      .join('\n');
  };

  test('a product is stored as a part of a larger tensor right away, from a whole panel on', () => {
    expect(listing(ops.concat([ops.relu(product), product]))).toMatch(
      /matmul\+concat.*\[i, j\] = pmax\(reduced, 0\).*\[i, \(j \+ 8\)\] = reduced/s,
    );
  });

  test('what begins inside a panel leaves the product its tiles', () => {
    expect(listing(ops.concat([ops.slice(product, [0, 0], [-1, 3]), product]))).not.toMatch(/matmul\+concat/);
  });

  test.each(Object.entries(executors))(
    '%s: parts of one product that are read apart again',
    (_name, make) => {
      const [first = a, second = a] = ops.split(ops.concat([ops.relu(product), product]), 2);
      const graph = {
        name: 'case',
        outputs: { y: ops.add(ops.mul(first, 2), ops.neg(second)) },
        updates: [],
      };
      const values = { a: range(128).map((at) => (at % 7) - 3), w: range(128).map((at) => (at % 5) - 2) };
      expect(runGraph(make, graph, sizes, values)).toEqual(runGraph(oracle, graph, sizes, values));
    },
  );
});
