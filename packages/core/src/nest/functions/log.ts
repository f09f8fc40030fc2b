import { f32, mul, primitive, type Scalar, select, sub } from '../scalar.ts';
import { logarithm, splitNumber } from './logarithm.ts';
import type { StrictFunction } from './strictFunction.ts';

/** ln x. Denormals are scaled by 2^25 first, and 25 comes off the exponent. */
function expand(x: Scalar): Scalar {
  const denormal = primitive('less', x, f32(2 ** -126));
  const normal = select(denormal, mul(x, f32(2 ** 25)), x);
  const { exponent, fraction } = splitNumber(normal);
  const k = sub(primitive('intToFloat', exponent), select(denormal, f32(25), f32(0)));
  const finite = logarithm(k, fraction);
  const positive = select(primitive('less', x, f32(Infinity)), finite, x);
  const notPositive = select(primitive('equal', x, f32(0)), f32(-Infinity), f32(Number.NaN));
  return select(primitive('greater', x, f32(0)), positive, notPositive);
}

/** Worst of all float32: 0.840 ulp at 1.4133185. */
export const log: StrictFunction = { arity: 1, expand, reference: Math.log, ulp: 0.85 };
