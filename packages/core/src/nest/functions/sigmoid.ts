import { add, div, f32, primitive, type Scalar, select } from '../scalar.ts';
import { exponentialOfMinusAbs } from './exponential.ts';
import type { StrictFunction } from './strictFunction.ts';

/** 1 / (1 + e^-x), as e^x / (1 + e^x) for negative x: accurate down to the denormals, and no overflow on the way. */
function expand(x: Scalar): Scalar {
  const small = exponentialOfMinusAbs(x);
  return div(select(primitive('less', x, f32(0)), small, f32(1)), add(small, f32(1)));
}

function reference(x: number): number {
  const small = Math.exp(-Math.abs(x));
  return (x < 0 ? small : 1) / (1 + small);
}

/** Worst of all float32: 2.402 ulp at -4.1572938. */
export const sigmoid: StrictFunction = { arity: 1, expand, reference, ulp: 2.5 };
