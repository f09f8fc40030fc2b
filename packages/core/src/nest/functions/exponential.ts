import { add, f32, i32, mul, primitive, type Scalar, sub } from '../scalar.ts';
import { LN2_HIGH, LN2_LOW } from './ln2.ts';
import { polynomial } from './polynomial.ts';

/**
 * Adding it rounds a small float to the nearest integer n, because its own last place is 1, and leaves n + 254 in the low
 * bits. 254 is twice the exponent bias, so each half of n + 254 is the biased exponent of one half of the scale 2^n.
 */
const ROUNDER = 12582912 + 254;

/** e^x = 2^n (1 + minusOne). */
export interface SplitExponential {
  /** e^r - 1 for the rest r of x, |r| <= ln(2) / 2. */
  readonly minusOne: Scalar;
  /** An integer whose low 9 bits are n + 254. */
  readonly scale: Scalar;
}

const powerOfTwo = (biasedExponent: Scalar): Scalar =>
  primitive('bitsToFloat', primitive('shiftLeft', biasedExponent, i32(23)));

/**
 * Reduces e^x for -104 <= x <= 89 (the caller bounds x; NaN gives NaN): x = n ln 2 + r, after Cody and Waite, and
 * e^r = 1 + r + r^2 P(r). P is a minimax polynomial for the relative error of e^r: 2^-28.3 with rounded coefficients.
 */
export function splitExponential(x: Scalar): SplitExponential {
  const rounded = add(mul(x, f32(Math.LOG2E)), f32(ROUNDER));
  const n = sub(rounded, f32(ROUNDER));
  const r = sub(sub(x, mul(n, f32(LN2_HIGH))), mul(n, f32(LN2_LOW)));
  const tail = polynomial(r, [1.3821196e-3, 8.368666e-3, 4.166826e-2, 1.6666521e-1, 0.49999994]);
  return { minusOne: add(mul(tail, mul(r, r)), r), scale: primitive('floatToBits', rounded) };
}

/** 2^n as one float32, for -126 <= n <= 127. */
export function wholePower(scale: Scalar): Scalar {
  return powerOfTwo(primitive('intSub', scale, i32(127)));
}

/** 2^n as two factors within a factor of 2 of each other: normal numbers also where 2^n is not. */
export function halfPowers(scale: Scalar): readonly [Scalar, Scalar] {
  const half = primitive('shiftRight', scale, i32(1));
  return [powerOfTwo(half), powerOfTwo(primitive('intSub', scale, half))];
}

/**
 * e^x for -104 <= x <= 89. Of the two products with powers of two only the second can round, once, into the denormals, and
 * only it can overflow.
 */
export function exponential(x: Scalar): Scalar {
  const { minusOne, scale } = splitExponential(x);
  const [first, second] = halfPowers(scale);
  return mul(mul(add(minusOne, f32(1)), first), second);
}

/** e^-|x|, between 0 and 1, for every x. NaN gives NaN. */
export function exponentialOfMinusAbs(x: Scalar): Scalar {
  return exponential(primitive('pmax', primitive('neg', primitive('abs', x)), f32(-104)));
}
