import { describe, expect, it } from 'vitest';
import { type Dataset, valuesOf } from '../dataset.ts';
import type { Cell } from './cell.ts';
import { type PrepareTableOptions, prepareTable, tableFolds } from './prepareTable.ts';
import type { Table } from './table.ts';
import { encodeTable, featureNames, type TableEncoding } from './tableEncoding.ts';
import { decodeTarget } from './target.ts';

function tableOf(columns: Readonly<Record<string, readonly Cell[]>>): Table {
  const entries = Object.entries(columns);
  return {
    file: 'people.csv',
    columns: entries.map(([name, cells]) => ({ name, cells })),
    hasNames: true,
    rows: entries[0]?.[1].length ?? 0,
    lines: entries[0]?.[1].map((_, row) => row + 2) ?? [],
  };
}

const features = (data: Dataset): number[][] => {
  const width = data.fields['features']?.shape[0] ?? 0;
  const values = [...valuesOf(data, 'features')];
  return Array.from({ length: data.rows }, (_, row) => values.slice(row * width, (row + 1) * width));
};

function prepared(
  columns: Readonly<Record<string, readonly Cell[]>>,
  options: PrepareTableOptions = {},
): { rows: number[][]; names: readonly string[]; encoding: TableEncoding; notes: readonly string[] } {
  const { data, encoding, notes } = prepareTable(tableOf(columns), options);
  return { rows: features(data.train), names: featureNames(encoding), encoding, notes };
}

describe('numbers', () => {
  it('become mean 0 and standard deviation 1, whether text or not', () => {
    // Mean 5, population variance (9 + 1 + 1 + 9) / 4 = 5.
    const { rows, names } = prepared({ x: ['2', 4, ' 6', '8e0'] });
    const wanted = [-3, -1, 1, 3].map((value) => [Math.fround(value / Math.sqrt(5))]);
    expect(rows).toEqual(wanted);
    expect(names).toEqual(['x']);
  });

  it('become 0 to 1, or stay', () => {
    expect(prepared({ x: [2, 4, 10] }, { scale: 'minMax' }).rows).toEqual([[0], [0.25], [1]]);
    expect(prepared({ x: [2, 4, 10] }, { columns: { x: { scale: 'none' } } }).rows).toEqual([[2], [4], [10]]);
  });

  it('keep their differences however great they are', () => {
    const { rows } = prepared({ x: [1.7e9 + 1, 1.7e9 + 2, 1.7e9 + 3] }, { scale: 'minMax' });
    expect(rows).toEqual([[0], [0.5], [1]]);
  });

  const x = [1, null, '?', 3, 3, 9, 'NA'];
  it.each([
    ['mean', 4],
    ['median', 3],
    ['mostFrequent', 3],
    [-7, -7],
  ] as const)('that are missing become the %s, and say so beside', (missing, fill) => {
    const { rows, names } = prepared({ x }, { columns: { x: { missing, scale: 'none' } } });
    expect(rows).toEqual([
      [1, 0],
      [fill, 1],
      [fill, 1],
      [3, 0],
      [3, 0],
      [9, 0],
      [fill, 1],
    ]);
    expect(names).toEqual(['x', 'x is missing']);
  });

  it('do not say so where that is not wanted, or never happened', () => {
    expect(prepared({ x }, { columns: { x: { indicator: false } } }).names).toEqual(['x']);
    const { encoding } = prepared({ x: [1, 2, 6] }, { scale: 'none' });
    expect(features(encodeTable(tableOf({ x: [5, null] }), encoding))).toEqual([[5], [2]]);
  });

  it('take the median of an even number of values between the middle two', () => {
    const { rows } = prepared({ x: [10, 1, null, 2, 4] }, { scale: 'none' });
    expect(rows[2]).toEqual([3, 1]);
  });

  it('are refused where they are missing and may not be, and where they are not finite', () => {
    expect(() => prepared({ x }, { columns: { x: { missing: 'error' } } })).toThrow(
      /column 1 \(x\) is missing \(in people\.csv:3\): got an empty cell, wanted a number/,
    );
    expect(() => prepared({ x: [1, 'inf', 3] })).toThrow(
      expect.objectContaining({ code: 'NON_FINITE_DATA' }),
    );
    expect(() => prepared({ x: [1e39, 2, 3] }, { scale: 'none' })).toThrow(
      expect.objectContaining({ code: 'NON_FINITE_DATA', where: { file: 'people.csv', line: 2 } }),
    );
  });

  it('are not taken for categories because of one bad cell', () => {
    const cells = Array.from({ length: 40 }, (_, row) => (row === 17 ? '12..5' : String(row)));
    expect(() => prepared({ x: cells })).toThrow(
      expect.objectContaining({ code: 'BAD_TABLE', where: { file: 'people.csv', line: 19 }, got: '"12..5"' }),
    );
    expect(prepared({ x: cells }, { missing: ['12..5'] }).names).toEqual(['x', 'x is missing']);
  });
});

it('dates become days', () => {
  const when = ['2024-03-01', '2024-02-28', null, '2024-02-29T12:00Z'];
  const { rows, names } = prepared({ when }, { scale: 'minMax' });
  // 28 February to 1 March 2024 are two days; the median is a day and a half after the first.
  expect(rows).toEqual([
    [1, 0],
    [0, 0],
    [0.75, 1],
    [0.75, 0],
  ]);
  expect(names).toEqual(['when', 'when is missing']);
});

describe('categories', () => {
  const city = ['Rome', 'Oslo', null, ' Rome', 'Paris'];

  it('become a one among zeros; a missing one is a category of its own', () => {
    const { rows, names, encoding } = prepared({ city });
    expect(names).toEqual(['city is missing', 'city = Oslo', 'city = Paris', 'city = Rome']);
    expect(rows).toEqual([
      [0, 0, 0, 1],
      [0, 1, 0, 0],
      [1, 0, 0, 0],
      [0, 0, 0, 1],
      [0, 0, 1, 0],
    ]);
    expect(features(encodeTable(tableOf({ city: ['Bonn', ''] }), encoding))).toEqual([
      [0, 0, 0, 0],
      [1, 0, 0, 0],
    ]);
  });

  it('become ids in a field of their own, 0 for what is not known', () => {
    const { data, encoding } = prepareTable(tableOf({ city, x: [1, 2, 3, 4, 5] }), { categories: 'ids' });
    expect(data.train.fields['city']).toEqual({
      shape: [],
      dtype: 'int32',
      values: Int32Array.of(4, 2, 1, 4, 3),
      classes: 5,
    });
    expect(data.train.fields['features']?.shape).toEqual([1]);
    expect(encodeTable(tableOf({ x: [0], city: ['Bonn'] }), encoding).fields['city']?.values).toEqual(
      Int32Array.of(0),
    );
  });

  it('that are missing may be the most frequent one, another one, or refused', () => {
    const fill = (missing: string): number[] | undefined =>
      prepared({ city }, { columns: { city: { missing } } }).rows[2];
    expect(fill('mostFrequent')).toEqual([0, 0, 1]);
    expect(fill('Oslo')).toEqual([1, 0, 0]);
    expect(() => fill('error')).toThrow(expect.objectContaining({ code: 'BAD_TABLE' }));
  });

  const prepareTwo = (): ReturnType<typeof prepared> =>
    prepared({ c: ['b', 'a', 'a', 'b'] }, { columns: { c: { maxCategories: 2, unknown: 'error' } } });

  it('are the most frequent ones where there are too many, and may be refused where they are unknown', () => {
    const { encoding, names } = prepareTwo();
    expect(names).toEqual(['c = a', 'c = b']);
    const few = prepared(
      { c: ['b', 'a', 'c', 'b', 'a', 'c', 'c'] },
      { columns: { c: { maxCategories: 2 } } },
    );
    expect(few.names).toEqual(['c = a', 'c = c']);
    expect(few.rows[0]).toEqual([0, 0]);
    expect(() => encodeTable(tableOf({ c: ['a', 'd'] }), encoding)).toThrow(
      /holds an unknown category \(in people\.csv:3\): got "d", wanted a, b/,
    );
  });

  it('of truth values are true and false, and numbers may be categories too', () => {
    expect(prepared({ b: [true, 'false', true] }).names).toEqual(['b = false', 'b = true']);
    expect(prepared({ n: [10, 9, 10] }, { columns: { n: { as: 'oneHot' } } }).names).toEqual([
      'n = 9',
      'n = 10',
    ]);
  });
});

describe('columns', () => {
  const rows = Array.from({ length: 30 }, (_, row) => row);
  const columns = {
    name: rows.map((row) => `person ${row}`),
    x: rows,
    unit: rows.map(() => 'cm'),
    nothing: rows.map(() => null),
    y: rows.map((row) => (row % 3 === 0 ? 'yes' : 'no')),
  };

  it('that tell nothing are left out, and a note says so', () => {
    const { encoding, notes } = prepared(columns, { target: 'y' });
    expect(encoding.columns.map(({ column }) => column)).toEqual(['x']);
    expect(notes).toEqual([
      '"y" is predicted as a class',
      'column "name" is left out: it says something else in every row, as a name does',
      'column "unit" is left out: it says the same in every row',
      'column "nothing" is left out: it is empty',
    ]);
  });

  it('are those that are asked for', () => {
    const of = (options: PrepareTableOptions): string[] =>
      prepared(columns, options).encoding.columns.map(({ column }) => column);
    expect(of({ features: ['y', 1] })).toEqual(['y', 'x']);
    expect(of({ target: -1, columns: { name: { as: 'ids' } } })).toEqual(['name', 'x']);
    expect(of({ columns: { x: { as: 'leaveOut' } } })).toEqual(['y']);
  });

  it.each([
    [{ target: 'z' }, 'BAD_OPTION'],
    [{ columns: { z: {} } }, 'UNKNOWN_OPTION'],
    [{ features: [9] }, 'BAD_OPTION'],
    [{ features: ['unit'] }, 'BAD_TABLE'],
    [{ validation: 1.5 }, 'BAD_OPTION'],
    [{ columns: { x: { missing: 'category' } } }, 'BAD_OPTION'],
    [{ columns: { y: { missing: 3 } } }, 'BAD_OPTION'],
  ] as const)('are refused: %o', (options, code) => {
    expect(() => prepared(columns, options)).toThrow(expect.objectContaining({ code }));
  });

  it('of one name, or an empty table, are refused', () => {
    expect(() => prepareTable(tableOf({}))).toThrow(expect.objectContaining({ code: 'EMPTY_DATA' }));
    const table = { ...tableOf({ a: [1, 2] }) };
    expect(() => prepareTable({ ...table, columns: [...table.columns, ...table.columns] })).toThrow(
      /two columns have the same name/,
    );
  });
});

describe('the target', () => {
  it.each([
    ['text', ['b', 'a', 'b'], 'a class'],
    ['few whole numbers', [0, '1', 7], 'a class'],
    ['many whole numbers', Array.from({ length: 50 }, (_, row) => row), 'an amount'],
    ['fractions', [0.5, 1, 1], 'an amount'],
  ])('of %s is %s', (_what, y, note) => {
    const { notes } = prepared({ x: y.map((_, row) => row), y }, { target: 'y' });
    expect(notes).toEqual([`"y" is predicted as ${note}`]);
  });

  it('of classes and amounts comes back as it was', () => {
    const table = tableOf({ x: [1, 2, 3], y: [100, 200, 600] });
    const { data, encoding } = prepareTable(table, { target: 'y', task: 'regression', scaleTarget: true });
    const { target } = encoding;
    if (target === undefined) throw new Error('no target');
    const y = data.train.fields['target'];
    expect(y).toMatchObject({ shape: [1], dtype: 'float32' });
    // Mean 300, variance (200^2 + 100^2 + 300^2) / 3.
    expect(y?.values[2]).toBeCloseTo(300 / Math.sqrt(140_000 / 3), 6);
    const numbers = decodeTarget(target, { shape: [3, 1], values: y?.values ?? [] });
    expect(numbers.map((value) => Math.round(Number(value) * 1000) / 1000)).toEqual([100, 200, 600]);

    const named = { kind: 'classes', column: 'y', classes: ['no', 'yes'] } as const;
    expect(decodeTarget(named, { shape: [3, 2], values: [0, 1, 5, 2, 3, 3] })).toEqual(['yes', 'no', 'no']);
    expect(decodeTarget(named, { shape: [2, 1], values: [-0.1, 0.1] })).toEqual(['no', 'yes']);
    expect(() => decodeTarget(named, { shape: [1, 3], values: [1, 2, 3] })).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });

  it('may not be missing, and of unknown classes is refused', () => {
    expect(() => prepared({ x: [1, 2], y: ['a', ''] }, { target: 'y' })).toThrow(
      expect.objectContaining({ code: 'BAD_TABLE', where: { file: 'people.csv', line: 3 } }),
    );
    const { encoding } = prepared({ x: [1, 2], y: ['a', 'b'] }, { target: 'y' });
    expect(() => encodeTable(tableOf({ x: [1], y: ['c'] }), encoding)).toThrow(
      expect.objectContaining({ code: 'LABEL_OUT_OF_RANGE' }),
    );
    expect(Object.keys(encodeTable(tableOf({ x: [1] }), encoding).fields)).toEqual(['features']);
  });
});

describe('validation', () => {
  const rows = Array.from({ length: 40 }, (_, row) => row);
  const table = tableOf({
    x: rows.map((row) => row * row),
    c: rows.map((row) => (row % 2 === 0 ? `c${row % 8}` : null)),
    y: rows.map((row) => (row < 8 ? 'rare' : 'common')),
  });

  it('teaches nothing: what is learnt is that of the rows to train on', () => {
    const { data, encoding } = prepareTable(table, { target: 'y', validation: 0.25, seed: 4 });
    const kept = [...(data.train.index ?? [])];
    expect(kept).toHaveLength(30);
    const alone: Table = {
      ...table,
      columns: table.columns.map(({ name, cells }) => ({
        name,
        cells: kept.map((row) => cells[row] ?? null),
      })),
      lines: kept.map((row) => row + 2),
      rows: kept.length,
    };
    expect(prepareTable(alone, { target: 'y' }).encoding).toEqual(encoding);
    const mean = features(data.train).reduce((sum, [x = 0]) => sum + x, 0) / 30;
    expect(mean).toBeCloseTo(0, 6);
  });

  it('has its share of every class, in folds too', () => {
    const { data } = prepareTable(table, { target: 'y', validation: 0.25 });
    const rare = (part: Dataset | undefined): number =>
      part === undefined ? 0 : valuesOf(part, 'target').filter((label) => label === 1).length;
    expect([rare(data.train), rare(data.validation)]).toEqual([6, 2]);
    const folds = [...tableFolds(table, 4, { target: 'y' })];
    expect(folds.map((fold) => rare(fold.data.validation))).toEqual([2, 2, 2, 2]);
    expect(folds.map((fold) => fold.data.train.rows)).toEqual([30, 30, 30, 30]);
    expect(folds[0]?.encoding).not.toEqual(folds[1]?.encoding);
  });

  it('keeps the rows of a group together, and the column that says so out of the features', () => {
    const { data, encoding } = prepareTable(table, { target: 'y', validation: 0.3, groups: 'c' });
    const groupOf = (row: number): Cell => table.columns[1]?.cells[row] ?? null;
    const inTraining = new Set([...(data.train.index ?? [])].map(groupOf));
    for (const row of data.validation?.index ?? []) expect(inTraining.has(groupOf(row))).toBe(false);
    expect(encoding.columns.map(({ column }) => column)).toEqual(['x']);
  });
});
