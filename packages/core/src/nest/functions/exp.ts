import { f32, primitive, type Scalar } from '../scalar.ts';
import { exponential } from './exponential.ts';
import type { StrictFunction } from './strictFunction.ts';

/** Beyond these bounds e^x is infinite or 0 anyway. A NaN stays, because it is the first operand. */
function expand(x: Scalar): Scalar {
  return exponential(primitive('pmax', primitive('pmin', x, f32(89)), f32(-104)));
}

/** Worst of all float32: 0.989 ulp at -5.853371. */
export const exp: StrictFunction = { arity: 1, expand, reference: Math.exp, ulp: 1 };
