import { describe, expect, it } from 'vitest';
import { selectRows, storedRow } from './dataset.ts';
import { fromArrays } from './fromArrays.ts';
import { trainValidationSplit } from './split.ts';

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
