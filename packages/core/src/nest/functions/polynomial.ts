import { add, f32, mul, type Scalar } from '../scalar.ts';

/** Highest power first. */
export type Coefficients = readonly [number, ...number[]];

/** Horner's rule: c[0] x^n + c[1] x^(n-1) + ... + c[n]; one multiplication and one addition a power. */
export function polynomial(x: Scalar, coefficients: Coefficients): Scalar {
  const [highest, ...rest] = coefficients;
  let sum: Scalar = f32(highest);
  for (const coefficient of rest) sum = add(mul(sum, x), f32(coefficient));
  return sum;
}

/** A term slope x + offset. */
type Line = readonly [slope: number, offset: number];

/**
 * Horner's rule in `square` = x^2 over lines in x, highest power first: as many operations as in x, but half as many
 * roundings one after another, which lowers the error where all terms have the same sign and count alike.
 */
export function polynomialOfLines(x: Scalar, square: Scalar, lines: readonly [Line, ...Line[]]): Scalar {
  const term = ([slope, offset]: Line): Scalar => add(mul(f32(slope), x), f32(offset));
  const [highest, ...rest] = lines;
  let sum = term(highest);
  for (const line of rest) sum = add(mul(sum, square), term(line));
  return sum;
}
