import { expect, it } from 'vitest';
import { classCounts, imbalance } from './classBalance.ts';
import { selectRows } from './dataset.ts';
import { fromArrays } from './fromArrays.ts';

const data = fromArrays({
  x: Array.from({ length: 45 }, (_, row) => row),
  y: {
    values: Int32Array.from({ length: 45 }, (_, row) => Math.min(row, 2)),
    classes: 3,
    classNames: ['a', 'b', 'c'],
  },
});

it('counts the rows of each class in the view', () => {
  expect(classCounts(data, 'y')).toEqual([1, 1, 43]);
  expect(classCounts(selectRows(data, [0, 5, 5, 6]), 'y')).toEqual([1, 0, 3]);
  expect(classCounts(data, 'x')).toBeUndefined();
});

it('warns of classes that are rare or not there', () => {
  const warning = (rows: readonly number[]): string | undefined => {
    const view = selectRows(data, rows);
    return imbalance(view, 'y', classCounts(view, 'y') ?? []);
  };
  expect(warning([...Array(45).keys()])).toBe(
    'the y "a" has 1 of 45 rows, "c" has 43: accuracy says little here; consider classWeights',
  );
  expect(warning([0, 2])).toBe('no row to train on has the y "b"');
  expect(warning([0, 1, ...Array.from({ length: 19 }, () => 7)])).toBeUndefined();
});
