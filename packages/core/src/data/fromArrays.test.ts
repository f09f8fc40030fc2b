import { describe, expect, it } from 'vitest';
import { LockstepError } from '../errors.ts';
import { fromArrays } from './fromArrays.ts';

const failure = (make: () => unknown): LockstepError => {
  try {
    make();
  } catch (error) {
    if (error instanceof LockstepError) return error;
  }
  throw new Error('no LockstepError was thrown');
};

describe('fromArrays', () => {
  it('tells shape and type from nested lists and typed arrays', () => {
    const data = fromArrays({
      image: [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        [
          [7, 8, 9],
          [10, 11, 12],
        ],
      ],
      label: { values: [1, 0], classes: 2 },
      weight: Float32Array.of(0.5, 2),
      bytes: { values: Uint8Array.of(1, 2, 3, 4, 5, 6), shape: [3] },
    });
    expect(data.rows).toBe(2);
    expect(data.fields['image']).toEqual({
      shape: [2, 3],
      dtype: 'float32',
      values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
    });
    expect(data.fields['label']).toEqual({
      shape: [],
      dtype: 'int32',
      values: Int32Array.of(1, 0),
      classes: 2,
    });
    expect(data.fields['weight']?.shape).toEqual([]);
    expect(data.fields['bytes']).toMatchObject({ dtype: 'uint8', shape: [3] });
  });

  it.each([
    ['no fields', () => fromArrays({}), 'EMPTY_DATA', 'no fields'],
    ['no rows', () => fromArrays({ x: [] }), 'EMPTY_DATA', 'data.x'],
    ['different row counts', () => fromArrays({ x: [1, 2, 3], y: [1, 2] }), 'SHAPE_MISMATCH', 'data.y'],
    ['ragged lists', () => fromArrays({ x: [[1, 2], [3]] }), 'SHAPE_MISMATCH', 'a list of 1 numbers'],
    [
      'lists of different depth',
      () =>
        fromArrays({
          x: [
            [1, 2],
            [[3], [4]],
          ],
        }),
      'SHAPE_MISMATCH',
      'data.x',
    ],
    ['broken rows', () => fromArrays({ x: { values: [1, 2, 3], shape: [2] } }), 'SHAPE_MISMATCH', '3 values'],
    [
      'NaN',
      () =>
        fromArrays({
          x: [
            [1, 2],
            [3, Number.NaN],
          ],
        }),
      'NON_FINITE_DATA',
      'row 1, column 1',
    ],
    ['float32 overflow', () => fromArrays({ x: [1, 1e39] }), 'NON_FINITE_DATA', 'row 1'],
    [
      'a fraction as label',
      () => fromArrays({ y: { values: [0, 0.5], classes: 2 } }),
      'DTYPE_MISMATCH',
      '0.5',
    ],
    ['a byte above 255', () => fromArrays({ y: { values: [256], dtype: 'uint8' } }), 'DTYPE_MISMATCH', '256'],
    [
      'float labels',
      () => fromArrays({ y: { values: [0, 1], classes: 2, dtype: 'float32' } }),
      'DTYPE_MISMATCH',
      'int32',
    ],
    [
      'a label too large',
      () => fromArrays({ y: { values: [0, 3], classes: 3 } }),
      'LABEL_OUT_OF_RANGE',
      'row 1 (at data.y): got label 3, wanted 0 to 2 for 3 classes',
    ],
    [
      'a negative label',
      () => fromArrays({ y: { values: [-1], classes: 3 } }),
      'LABEL_OUT_OF_RANGE',
      'label -1',
    ],
    [
      'too few class names',
      () => fromArrays({ y: { values: [0], classes: 2, classNames: ['a'] } }),
      'BAD_OPTION',
      'classNames',
    ],
    ['no classes', () => fromArrays({ y: { values: [0], classes: 0 } }), 'BAD_OPTION', 'data.y.classes'],
    [
      'preprocessing of another length',
      () => fromArrays({ x: { values: [[1, 2, 3]], preprocessing: { offset: [1, 2], scale: [1] } } }),
      'BAD_OPTION',
      'data.x.preprocessing.offset',
    ],
    [
      'infinite preprocessing',
      () =>
        fromArrays({ x: { values: [1], preprocessing: { offset: [0], scale: [Number.POSITIVE_INFINITY] } } }),
      'BAD_OPTION',
      'data.x.preprocessing.scale',
    ],
  ])('refuses %s', (_what, make, code, part) => {
    const error = failure(make);
    expect(error.code).toBe(code);
    expect(error.message).toContain(part);
  });
});
