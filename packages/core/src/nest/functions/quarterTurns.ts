import { add, f32, i32, mul, primitive, type Scalar, select, sub } from '../scalar.ts';
import { polynomial } from './polynomial.ts';

/** The largest argument of sin and cos: beyond it the number of quarter turns no longer fits 16 bits. */
export const LARGEST_ANGLE = 102943;

/** pi / 2 cut into five parts of 8 bits, whose products with a 16-bit integer are exact, and a rest. */
const HALF_PI = [
  1.5703125, 4.57763671875e-4, 2.5987625122070312e-5, 7.543712854385376e-8, 6.002665031701326e-11,
  7.4435477e-13,
] as const;

/** Adding it rounds to the nearest integer and leaves that in the low bits. */
const ROUNDER = 12582912;

/**
 * `size` = turns pi/2 + r with |r| <= pi/4: the sine and the cosine of r, and the number of quarter turns (low 16 bits). The
 * reduction is Cody and Waite's, the polynomials those of Cephes sinf and cosf (S. Moshier).
 */
export function quarterTurns(size: Scalar): {
  readonly turns: Scalar;
  readonly sine: Scalar;
  readonly cosine: Scalar;
} {
  const rounded = add(mul(size, f32(2 / Math.PI)), f32(ROUNDER));
  const n = sub(rounded, f32(ROUNDER));
  let r = size;
  for (const part of HALF_PI) r = sub(r, mul(n, f32(part)));
  const z = mul(r, r);
  const sineTail = polynomial(z, [-1.9515296e-4, 8.332161e-3, -0.16666655]);
  const cosineTail = polynomial(z, [2.4433157e-5, -1.3887316e-3, 4.1666646e-2]);
  return {
    turns: primitive('floatToBits', rounded),
    sine: add(mul(mul(sineTail, z), r), r),
    cosine: add(sub(mul(cosineTail, mul(z, z)), mul(z, f32(0.5))), f32(1)),
  };
}

/**
 * The sine or cosine of |x| (arguments in any quadrant): `odd` is taken after an odd number of quarter turns, `even` after
 * an even one; the bits of `sign` are flipped in the result. NaN for |x| beyond LARGEST_ANGLE.
 */
export function assemble(parts: {
  readonly size: Scalar;
  readonly turns: Scalar;
  readonly even: Scalar;
  readonly odd: Scalar;
  readonly sign: Scalar;
}): Scalar {
  const isEven = primitive('intEqual', primitive('intAnd', parts.turns, i32(1)), i32(0));
  const value = select(isEven, parts.even, parts.odd);
  const signed = primitive('bitsToFloat', primitive('intXor', primitive('floatToBits', value), parts.sign));
  return select(primitive('lessEqual', parts.size, f32(LARGEST_ANGLE)), signed, f32(Number.NaN));
}

/** The sign bit that bit 1 of an integer makes: set when 2 or 3 quarter turns remain. */
export function halfTurnSign(turns: Scalar): Scalar {
  return primitive('shiftLeft', primitive('intAnd', turns, i32(2)), i32(30));
}
