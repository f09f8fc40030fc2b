import { LockstepError } from '../../errors.ts';
import type { Field, FieldDType, FieldValues, Preprocessing } from '../field.ts';

/** A tensor read from a file; the first axis is the rows. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly dtype: FieldDType;
  /** Row-major. */
  readonly values: FieldValues;
}

/** What a tensor in a file does not say of itself. */
export interface TensorFieldOptions {
  /** The tensor holds class labels, integers from 0 to this less 1. */
  readonly classes?: number;
  readonly classNames?: readonly string[];
  readonly preprocessing?: Preprocessing;
}

/**
 * A field of a data set from a tensor whose first axis is the rows.
 *
 * ```ts
 * dataset({ image: fieldOfTensor(images), label: fieldOfTensor(labels, { classes: 10 }) })
 * ```
 *
 * @throws LockstepError SHAPE_MISMATCH for a tensor without axes
 */
export function fieldOfTensor(tensor: StoredTensor, options: TensorFieldOptions = {}): Field {
  const { shape, dtype, values } = tensor;
  if (shape.length === 0)
    throw new LockstepError('SHAPE_MISMATCH', 'a tensor without axes has no rows', { got: 'shape []' });
  return { shape: shape.slice(1), dtype, values, ...options };
}
