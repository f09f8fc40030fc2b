import { add, f32, mul, type Scalar } from '../scalar.ts';

type Coefficients = readonly [number, ...number[]];

/** Horner's rule: c[0] x^n + c[1] x^(n-1) + ... + c[n], highest power first; one multiplication and one addition a power. */
export function polynomial(x: Scalar, coefficients: Coefficients): Scalar {
  const [highest, ...rest] = coefficients;
  let sum: Scalar = f32(highest);
  for (const coefficient of rest) sum = add(mul(sum, x), f32(coefficient));
  return sum;
}

/**
 * The same sum as Horner's rule in x^2 over pairs c x + d: as many operations, half as many rounded one after another. Where
 * all terms are of one sign and one size that halves the error. `square` is x^2, often shared by two polynomials.
 */
export function polynomialOfPairs(x: Scalar, square: Scalar, coefficients: Coefficients): Scalar {
  const padded = coefficients.length % 2 === 0 ? coefficients : [0, ...coefficients];
  let sum: Scalar | undefined;
  for (let at = 0; at < padded.length; at += 2) {
    const slope = padded[at] ?? 0;
    const offset = f32(padded[at + 1] ?? 0);
    const pair = slope === 0 ? offset : add(mul(f32(slope), x), offset);
    sum = sum === undefined ? pair : add(mul(sum, square), pair);
  }
  return sum ?? f32(0);
}
