import type { Scalar } from '../nest/scalar.ts';
import { i32, primitive } from '../nest/scalar.ts';

/** One summand of an affine index: an index times its stride. */
export interface IndexTerm {
  readonly index: Scalar;
  readonly stride: number;
}

/** Sum of index x stride; 0 when there are no terms. */
export function affine(terms: readonly IndexTerm[]): Scalar {
  const products = terms.map(({ index, stride }) =>
    stride === 1 ? index : primitive('intMul', index, i32(stride)),
  );
  return products.length === 0 ? i32(0) : products.reduce((sum, term) => primitive('intAdd', sum, term));
}

/** Elements between neighbours along each axis of a row-major tensor. */
export function rowMajorStrides(shape: readonly number[]): readonly number[] {
  let stride = 1;
  return shape
    .map((_, at) => {
      const own = stride;
      stride *= shape[shape.length - 1 - at] ?? 1;
      return own;
    })
    .reverse();
}

/** An index read from a tensor, moved into 0 to size - 1: whatever a user's data hold, no other memory is touched. */
export function clampIndex(index: Scalar, size: number): Scalar {
  return primitive('intMax', i32(0), primitive('intMin', index, i32(size - 1)));
}
