import { add, f32, i32, mul, primitive, type Scalar, sub } from '../scalar.ts';
import { polynomial } from './polynomial.ts';
import type { StrictFunction } from './strictFunction.ts';

/**
 * Adding it rounds a small float to the nearest integer n and leaves n + 254 in the low 9 bits: its own last place is 1.
 * The 254 is twice the exponent bias, so that each half of n + 254 is the biased exponent of one half of the scale.
 */
const ROUNDER = 12582912 + 254;

/** ln 2 in two parts; n times the first is exact for |n| < 2^9. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;

/**
 * e^x: x = n ln 2 + r with |r| <= ln(2)/2, a polynomial in r, and 2^n applied as two factors, so that the result rounds
 * once into the denormals and overflows only where it should. Scheme and coefficients: Cephes expf (S. Moshier).
 */
function expand(x: Scalar): Scalar {
  // Beyond these e^x is 0 or infinite anyway; a NaN stays, being the first operand.
  const bounded = primitive('pmax', primitive('pmin', x, f32(89)), f32(-104));
  const rounded = add(mul(bounded, f32(Math.LOG2E)), f32(ROUNDER));
  const n = sub(rounded, f32(ROUNDER));
  const r = sub(sub(bounded, mul(n, f32(LN2_HIGH))), mul(n, f32(LN2_LOW)));
  const tail = polynomial(
    r,
    [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
  );
  const fraction = add(add(mul(tail, mul(r, r)), r), f32(1));
  const bits = primitive('floatToBits', rounded);
  const half = primitive('shiftRight', bits, i32(1));
  const powerOfTwo = (biased: Scalar): Scalar =>
    primitive('bitsToFloat', primitive('shiftLeft', biased, i32(23)));
  return mul(mul(fraction, powerOfTwo(half)), powerOfTwo(primitive('intSub', bits, half)));
}

export const exp: StrictFunction = { arity: 1, expand, reference: Math.exp, ulp: 1.2 };
