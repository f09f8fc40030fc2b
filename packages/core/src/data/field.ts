import { LockstepError } from '../errors.ts';
import { sizeOf } from '../tensor/tensorType.ts';

/** Element types a field can be stored in. `uint8` stays a byte until a row is gathered into a batch. */
export type FieldDType = 'float32' | 'int32' | 'uint8';
export type FieldValues = Float32Array | Int32Array | Uint8Array;

/**
 * What a model sees of a stored element x of feature i: (x - offset[i]) * scale[i], in float32. A list of one element
 * holds for every feature; otherwise there is one for each element of a row, row-major.
 */
export interface Preprocessing {
  readonly offset: readonly number[];
  readonly scale: readonly number[];
}

/** One column group of a data set: the same shape of numbers for every row. */
export interface Field {
  /** Shape of one row; `[]` is one number a row. */
  readonly shape: readonly number[];
  readonly dtype: FieldDType;
  /** All stored rows, row-major. */
  readonly values: FieldValues;
  /** The field holds class labels, integers from 0 to this less 1. */
  readonly classes?: number;
  /** What the classes are called, in the order of their labels. */
  readonly classNames?: readonly string[];
  readonly preprocessing?: Preprocessing;
}

const arrayTypes = {
  float32: Float32Array,
  int32: Int32Array,
  uint8: Uint8Array,
} as const satisfies Record<FieldDType, unknown>;

/** The element type of a typed array that can be a field's values. */
export function dtypeOfValues(values: FieldValues): FieldDType {
  if (values instanceof Float32Array) return 'float32';
  return values instanceof Int32Array ? 'int32' : 'uint8';
}

/** An array of zeros of an element type. */
export function allocateValues(dtype: FieldDType, length: number): FieldValues {
  return new arrayTypes[dtype](length);
}

/** Rows that a field stores. */
export function storedRowsOf(field: Field): number {
  const size = sizeOf(field.shape);
  return size === 0 ? 0 : field.values.length / size;
}

function describeElement(field: Field, at: number): string {
  const size = sizeOf(field.shape);
  const row = `row ${Math.floor(at / size)}`;
  return size === 1 ? row : `${row}, column ${at % size}`;
}

/**
 * Checks everything that training relies on: whole rows, finite numbers, labels inside their classes, preprocessing
 * of the right length. Rows and columns in messages count from 0.
 *
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH, NON_FINITE_DATA, LABEL_OUT_OF_RANGE or BAD_OPTION
 */
export function checkField(name: string, field: Field): void {
  const where = { field: `data.${name}` };
  const size = sizeOf(field.shape);
  if (field.shape.some((extent) => !Number.isInteger(extent) || extent < 1))
    throw new LockstepError('SHAPE_MISMATCH', 'a row has an empty or broken shape', {
      where,
      got: `[${field.shape.join(', ')}]`,
      wanted: 'whole numbers above 0',
    });
  if (field.values.length % size !== 0)
    throw new LockstepError('SHAPE_MISMATCH', 'the values are not whole rows', {
      where,
      got: `${field.values.length} values`,
      wanted: `a multiple of ${size} for rows of shape [${field.shape.join(', ')}]`,
    });
  if (field.dtype !== dtypeOfValues(field.values))
    throw new LockstepError('DTYPE_MISMATCH', 'the values are of another type than the field', {
      where,
      got: dtypeOfValues(field.values),
      wanted: field.dtype,
    });
  if (field.values instanceof Float32Array) {
    const bad = field.values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new LockstepError('NON_FINITE_DATA', `the data is not finite in ${describeElement(field, bad)}`, {
        where,
        got: String(field.values[bad]),
        wanted: 'a finite float32 number',
      });
  }
  checkLabels(name, field);
  checkPreprocessing(name, field);
}

function checkLabels(name: string, field: Field): void {
  const { classes, classNames, values } = field;
  if (classes === undefined) return;
  const where = { field: `data.${name}` };
  if (!Number.isInteger(classes) || classes < 1)
    throw new LockstepError('BAD_OPTION', 'a broken number of classes', {
      where: { field: `data.${name}.classes` },
      got: String(classes),
      wanted: 'a whole number above 0',
    });
  if (field.dtype === 'float32')
    throw new LockstepError('DTYPE_MISMATCH', 'class labels have to be integers', {
      where,
      got: 'float32',
      wanted: 'int32 or uint8',
    });
  if (classNames !== undefined && classNames.length !== classes)
    throw new LockstepError('BAD_OPTION', 'the class names do not match the classes', {
      where: { field: `data.${name}.classNames` },
      got: `${classNames.length} names`,
      wanted: `${classes}`,
    });
  for (let at = 0; at < values.length; at++) {
    const label = values[at] ?? 0;
    if (label < 0 || label >= classes)
      throw new LockstepError(
        'LABEL_OUT_OF_RANGE',
        `a label is out of range in ${describeElement(field, at)}`,
        {
          where,
          got: `label ${label}`,
          wanted: `0 to ${classes - 1} for ${classes} classes`,
        },
      );
  }
}

function checkPreprocessing(name: string, { preprocessing, shape }: Field): void {
  if (preprocessing === undefined) return;
  const size = sizeOf(shape);
  for (const [part, list] of Object.entries(preprocessing)) {
    const where = { field: `data.${name}.preprocessing.${part}` };
    if (list.length !== 1 && list.length !== size)
      throw new LockstepError('BAD_OPTION', 'preprocessing does not fit the rows', {
        where,
        got: `${list.length} numbers`,
        wanted: size === 1 ? '1' : `1 or ${size}`,
      });
    for (const value of list)
      if (!Number.isFinite(Math.fround(value)))
        throw new LockstepError('BAD_OPTION', 'preprocessing is not finite', {
          where,
          got: String(value),
          wanted: 'finite float32 numbers',
        });
  }
}
