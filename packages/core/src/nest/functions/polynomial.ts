import { add, f32, mul, type Scalar } from '../scalar.ts';

/** Horner's rule: c[0] x^n + c[1] x^(n-1) + ... + c[n], highest power first; one multiplication and one addition a power. */
export function polynomial(x: Scalar, coefficients: readonly [number, ...number[]]): Scalar {
  const [highest, ...rest] = coefficients;
  let sum: Scalar = f32(highest);
  for (const coefficient of rest) sum = add(mul(sum, x), f32(coefficient));
  return sum;
}
