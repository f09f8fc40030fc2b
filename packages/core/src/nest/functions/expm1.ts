import { add, f32, i32, mul, primitive, type Scalar, select, sub } from '../scalar.ts';
import { halfPowers, splitExponential } from './exponential.ts';
import type { StrictFunction } from './strictFunction.ts';

/** Bits of 2^a plus bits of 2^-a, for every integer a in range: twice the exponent bias, in its place. */
const RECIPROCAL = 254 << 23;

/**
 * e^x - 1 = 2^n (e^r - 1) + (2^n - 1), with one half of the scale, 2^b, taken out of both terms so that nothing overflows
 * early: 2^b (2^a (e^r - 1) + (2^a - 2^-b)). At n = 0 it is the polynomial alone, so small x lose nothing.
 */
function expand(x: Scalar): Scalar {
  // Below -20 the result rounds to -1.
  const bounded = primitive('pmax', primitive('pmin', x, f32(89)), f32(-20));
  const { minusOne, scale } = splitExponential(bounded);
  const [first, second] = halfPowers(scale);
  const reciprocalBits = primitive('intSub', i32(RECIPROCAL), primitive('floatToBits', second));
  const sum = add(mul(minusOne, first), sub(first, primitive('bitsToFloat', reciprocalBits)));
  // Keeps the sign of -0.
  return select(primitive('equal', x, f32(0)), x, mul(sum, second));
}

/** Worst of all float32: 1.580 ulp at 0.379288. */
export const expm1: StrictFunction = { arity: 1, expand, reference: Math.expm1, ulp: 1.6 };
