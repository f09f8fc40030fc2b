import { add, f32, primitive, type Scalar, sub } from '../scalar.ts';
import { exponentialOfMinusAbs } from './exponential.ts';
import { logarithmShortfall } from './logarithm.ts';
import type { StrictFunction } from './strictFunction.ts';

/**
 * ln(1 + e^x) = max(x, 0) + ln(1 + e) with e = e^-|x|. As e lies between 0 and 1 the logarithm needs no reduction: its
 * polynomial is fitted for that whole interval, relative error 2^-27.7.
 */
function expand(x: Scalar): Scalar {
  const small = exponentialOfMinusAbs(x);
  const shortfall = logarithmShortfall(small, [0.2800678, 0.28003025, 0.40021437, 0.6666642]);
  return add(primitive('pmax', x, f32(0)), sub(small, shortfall));
}

function reference(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Worst of all float32: 1.981 ulp at 0.010364263. */
export const softplus: StrictFunction = { arity: 1, expand, reference, ulp: 2 };
