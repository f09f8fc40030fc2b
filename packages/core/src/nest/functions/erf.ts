import { div, f32, mul, primitive, type Scalar } from '../scalar.ts';
import { polynomialOfLines } from './polynomial.ts';
import type { StrictFunction } from './strictFunction.ts';

/** Here the quotient has reached 1. */
const SATURATION = 3.85;

/**
 * erf x = x N(x^2) / D(x^2), odd by construction; a minimax quotient for the relative error, 2^-25.9 before rounding. The
 * constant terms are two float32 whose quotient is 2 / sqrt(pi): no single float32 comes closer to that than 2^-24.2.
 */
function expand(x: Scalar): Scalar {
  const bounded = primitive('pmax', primitive('pmin', x, f32(SATURATION)), f32(-SATURATION));
  const square = mul(bounded, bounded);
  const fourth = mul(square, square);
  const numerator = polynomialOfLines(square, fourth, [
    [2.75812204e-6, 3.72441194e-4],
    [4.77069849e-3, 0.0684371144],
    [0.244702399, 1.47316885],
  ]);
  const denominator = polynomialOfLines(square, fourth, [
    [5.05973585e-5, 1.48933311e-3],
    [0.0192512386, 0.147446707],
    [0.652048767, 1.3055619],
  ]);
  const quotient = div(mul(bounded, numerator), denominator);
  // Rounding takes the quotient past 1 in places.
  return primitive('pmax', primitive('pmin', quotient, f32(1)), f32(-1));
}

/** 1 - erf x in float64, for x >= 2, without cancellation: Laplace's continued fraction, from its 120th term. */
function complementOfLarge(x: number): number {
  let fraction = x;
  for (let term = 120; term > 0; term--) fraction = x + term / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}

/** erf x in float64, for |x| < 2: 2 / sqrt(pi) e^(-x^2) times the sum of 2^n x^(2n+1) / (1 3 5 ... (2n+1)), all of one sign. */
function seriesOfSmall(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** The error function in float64. */
export function erfReference(x: number): number {
  const size = Math.abs(x);
  return size < 2 || Number.isNaN(x) ? seriesOfSmall(x) : Math.sign(x) * (1 - complementOfLarge(size));
}

/** 1 - erf x in float64, to full relative accuracy for x >= 2. */
export function erfcReference(x: number): number {
  return x < 2 ? 1 - erfReference(x) : complementOfLarge(x);
}

/** Worst of all float32: 6.044 ulp at 3.064413, near 1; an absolute error of 3.6e-7. */
export const erf: StrictFunction = { arity: 1, expand, reference: erfReference, ulp: 6.1 };
