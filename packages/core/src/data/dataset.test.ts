import { describe, expect, it } from 'vitest';
import { fieldOf, selectRows, storedRow, storedRows, valuesOf, withField } from './dataset.ts';
import { fromArrays } from './fromArrays.ts';

const data = fromArrays({
  x: [
    [1, 2],
    [3, 4],
    [5, 6],
  ],
  y: [10, 20, 30],
});

describe('views', () => {
  it('select rows of selected rows without copying values', () => {
    const view = selectRows(selectRows(data, [2, 0, 1]), [0, 0, 2]);
    expect(view.rows).toBe(3);
    expect([0, 1, 2].map((row) => storedRow(view, row))).toEqual([2, 2, 1]);
    expect(view.fields['x']?.values).toBe(data.fields['x']?.values);
    expect(storedRows(view)).toBe(3);
    expect([...valuesOf(view, 'x')]).toEqual([5, 6, 5, 6, 3, 4]);
    expect([...valuesOf(view, 'y')]).toEqual([30, 30, 20]);
  });

  it('refuse rows and fields that are not there, and empty selections', () => {
    expect(() => selectRows(data, [3])).toThrow(expect.objectContaining({ code: 'BAD_OPTION', got: '3' }));
    expect(() => selectRows(data, [0.5])).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
    expect(() => selectRows(data, [])).toThrow(expect.objectContaining({ code: 'EMPTY_DATA' }));
    expect(() => fieldOf(data, 'z')).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_OPTION', got: 'x, y' }),
    );
  });

  it('keep their rows when a field is changed', () => {
    const changed = withField(selectRows(data, [1]), 'y', {
      ...fieldOf(data, 'y'),
      values: Float32Array.of(7, 8, 9),
    });
    expect([...valuesOf(changed, 'y')]).toEqual([8]);
    expect(() => withField(data, 'y', { ...fieldOf(data, 'y'), values: Float32Array.of(7) })).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});
