import { i32, primitive, type Scalar } from '../scalar.ts';

/** `magnitude` (its sign bit clear) with the sign of x, that of -0 too. */
export function withSignOf(x: Scalar, magnitude: Scalar): Scalar {
  const sign = primitive('intAnd', primitive('floatToBits', x), i32(0x80000000));
  return primitive('bitsToFloat', primitive('intOr', primitive('floatToBits', magnitude), sign));
}
