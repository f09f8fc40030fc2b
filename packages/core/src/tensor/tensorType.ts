import type { DType } from './dtype.ts';

/**
 * What is known of a tensor before it exists: its logical shape (row-major), its element type, and
 * which axis, if any, runs over the rows of the mini-batch. Sums over that axis follow the lane rule
 * (docs/numerics.md); the rows along it are what workers share out between them.
 */
export interface TensorType {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly batchAxis?: number;
}

/** Number of elements of a shape (1 for a scalar). */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
