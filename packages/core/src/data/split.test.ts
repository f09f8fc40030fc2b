import { describe, expect, it } from 'vitest';
import { selectRows, storedRow } from './dataset.ts';
import { fromArrays } from './fromArrays.ts';
import { kFold, trainValidationSplit } from './split.ts';

const data = fromArrays({ x: Array.from({ length: 50 }, (_, row) => row) });
const rowsOf = (part: { rows: number; index?: Uint32Array }): number[] =>
  Array.from({ length: part.rows }, (_, row) => storedRow({ fields: {}, ...part }, row));

describe('trainValidationSplit', () => {
  it('puts every row in one part, in order, without copying', () => {
    const { train, validation } = trainValidationSplit(data, 0.25, 3);
    expect([train.rows, validation.rows]).toEqual([37, 13]);
    for (const part of [train, validation]) {
      expect(rowsOf(part)).toEqual(rowsOf(part).sort((a, b) => a - b));
      expect(part.fields['x']?.values).toBe(data.fields['x']?.values);
    }
    expect([...rowsOf(train), ...rowsOf(validation)].sort((a, b) => a - b)).toEqual(rowsOf(data));
  });

  it('depends on the seed', () => {
    const held = (seed: number): number[] => rowsOf(trainValidationSplit(data, 0.25, seed).validation);
    expect(held(3)).toEqual(held(3));
    expect(held(3)).not.toEqual(held(4));
  });

  it('splits a view within its rows, and leaves a row in each part', () => {
    const view = selectRows(data, [10, 20, 30]);
    for (const fraction of [0.001, 0.999]) {
      const { train, validation } = trainValidationSplit(view, fraction, 0);
      expect(Math.min(train.rows, validation.rows)).toBe(1);
      expect([...rowsOf(train), ...rowsOf(validation)].sort()).toEqual([10, 20, 30]);
    }
  });

  it('refuses other fractions and a single row', () => {
    for (const fraction of [0, 1, -0.1, Number.NaN])
      expect(() => trainValidationSplit(data, fraction, 0)).toThrow(
        expect.objectContaining({ code: 'BAD_OPTION' }),
      );
    expect(() => trainValidationSplit(selectRows(data, [4]), 0.5, 0)).toThrow(
      expect.objectContaining({ code: 'EMPTY_DATA' }),
    );
  });
});

/** Rows 0 to 99, a class of 10 and one of 3 among them, and 25 groups of 4 neighbours. */
const labelled = fromArrays({
  row: Array.from({ length: 100 }, (_, row) => row),
  kind: {
    values: Int32Array.from({ length: 100 }, (_, row) => Number(row % 10 === 3) + 2 * Number(row % 33 === 1)),
    classes: 4,
  },
  group: { values: Int32Array.from({ length: 100 }, (_, row) => row >> 2) },
});

function counts(part: { rows: number; index?: Uint32Array }): number[] {
  const kinds = labelled.fields['kind']?.values ?? [];
  const found = [0, 0, 0, 0];
  for (const row of rowsOf(part)) found[kinds[row] ?? 0] = (found[kinds[row] ?? 0] ?? 0) + 1;
  return found;
}

describe('by class', () => {
  it.each([0.1, 0.25, 0.333, 0.5, 0.9])(
    'a part of %d has its share of each class, to within one row',
    (fraction) => {
      const whole = counts(labelled);
      for (let seed = 0; seed < 5; seed++) {
        const { train, validation } = trainValidationSplit(labelled, fraction, seed, { stratify: 'kind' });
        expect(validation.rows).toBe(Math.round(100 * fraction));
        expect([...rowsOf(train), ...rowsOf(validation)].sort((a, b) => a - b)).toEqual(rowsOf(labelled));
        for (const [kind, count] of counts(validation).entries())
          expect(Math.abs(count - (whole[kind] ?? 0) * fraction)).toBeLessThanOrEqual(1);
      }
    },
  );

  it('depends on the seed', () => {
    const held = (seed: number): number[] =>
      rowsOf(trainValidationSplit(labelled, 0.2, seed, { stratify: 'kind' }).validation);
    expect(held(1)).toEqual(held(1));
    expect(held(1)).not.toEqual(held(2));
  });
});

it('by group, no group is in both parts', () => {
  for (const fraction of [0.01, 0.2, 0.5, 0.99]) {
    const { train, validation } = trainValidationSplit(labelled, fraction, 7, { groups: 'group' });
    const groups = new Set(rowsOf(train).map((row) => row >> 2));
    expect(rowsOf(validation).some((row) => groups.has(row >> 2))).toBe(false);
    expect(train.rows + validation.rows).toBe(100);
    const wanted = Math.min(Math.max(fraction * 100, 4), 96);
    expect(Math.abs(validation.rows - wanted)).toBeLessThanOrEqual(2);
  }
});

describe('kFold', () => {
  it.each([{}, { stratify: 'kind' }, { groups: 'group' }])(
    'has each row in one validation part: %o',
    (options) => {
      const folds = kFold(labelled, 7, 3, options);
      expect(folds.flatMap(({ validation }) => rowsOf(validation)).sort((a, b) => a - b)).toEqual(
        rowsOf(labelled),
      );
      for (const { train, validation } of folds) {
        expect([...rowsOf(train), ...rowsOf(validation)].sort((a, b) => a - b)).toEqual(rowsOf(labelled));
        expect(validation.rows).toBeGreaterThanOrEqual(12);
        expect(validation.rows).toBeLessThanOrEqual(16);
      }
    },
  );

  it('gives each fold its share of every class', () => {
    for (const { validation } of kFold(labelled, 5, 0, { stratify: 'kind' })) {
      const [, tenth = 0] = counts(validation);
      expect(tenth).toBeGreaterThanOrEqual(1);
      expect(tenth).toBeLessThanOrEqual(2);
    }
  });

  it('keeps groups together', () => {
    for (const { validation } of kFold(labelled, 5, 0, { groups: 'group' }))
      for (const row of rowsOf(validation)) expect(rowsOf(validation)).toContain(row ^ 1);
  });
});

it.each([
  ['one fold', () => kFold(labelled, 1, 0), 'BAD_OPTION'],
  ['more folds than rows', () => kFold(labelled, 101, 0), 'EMPTY_DATA'],
  ['more folds than groups', () => kFold(labelled, 26, 0, { groups: 'group' }), 'EMPTY_DATA'],
  ['classes and groups', () => kFold(labelled, 2, 0, { stratify: 'kind', groups: 'group' }), 'BAD_OPTION'],
  ['classes that are no integers', () => kFold(labelled, 2, 0, { stratify: 'row' }), 'BAD_OPTION'],
  ['a field that is not there', () => kFold(labelled, 2, 0, { stratify: 'kinds' }), 'UNKNOWN_OPTION'],
  [
    'a single group',
    () => trainValidationSplit(selectRows(labelled, [0, 1]), 0.5, 0, { groups: 'group' }),
    'EMPTY_DATA',
  ],
] as const)('refuses %s', (_what, make, code) => {
  expect(make).toThrow(expect.objectContaining({ code }));
});
