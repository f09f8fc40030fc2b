import { call, f32, i32, mul, primitive, type Scalar } from './scalar.ts';

/** Uniform in [0, 1) from 32 random bits: the upper 24 bits times 2^-24, exact. */
export function uniformFromBits(bits: Scalar): Scalar {
  return mul(primitive('intToFloat', primitive('shiftRightUnsigned', bits, i32(8))), f32(2 ** -24));
}

/**
 * Standard normal from 32 random bits, by inversion: sqrt(2) erfInv(u). u is an odd multiple of 2^-24 between -1 and 1, made
 * of the upper 25 bits: exact, symmetric about 0, never 0 and never an end. The largest size of a result is 5.42.
 */
export function standardNormalFromBits(bits: Scalar): Scalar {
  const odd = primitive('intOr', primitive('shiftRight', bits, i32(7)), i32(1));
  const u = mul(primitive('intToFloat', odd), f32(2 ** -24));
  return mul(call('erfInv', u), f32(Math.SQRT2));
}
