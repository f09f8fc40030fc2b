import { add, div, f32, mul, primitive, type Scalar, sub } from '../scalar.ts';
import { splitExponential, wholePower } from './exponential.ts';
import type { StrictFunction } from './strictFunction.ts';
import { withSignOf } from './withSignOf.ts';

/** From here on tanh x rounds to 1. */
const SATURATION = 9.1;

/**
 * tanh x = t / (t + 2) with t = e^(2|x|) - 1 >= 0, and the sign of x put back: odd, at most 1, and without cancellation for
 * small x.
 */
function expand(x: Scalar): Scalar {
  const bounded = primitive('pmin', primitive('abs', x), f32(SATURATION));
  const { minusOne, scale } = splitExponential(add(bounded, bounded));
  const power = wholePower(scale);
  const t = add(mul(minusOne, power), sub(power, f32(1)));
  return withSignOf(x, div(t, add(t, f32(2))));
}

/** Worst of all float32: 2.668 ulp at 0.06179807. */
export const tanh: StrictFunction = { arity: 1, expand, reference: Math.tanh, ulp: 2.7 };
