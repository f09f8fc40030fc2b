import { ln2High, ln2Low } from './ln2.ts';

/** 1 / (2k + 1), highest power first. */
const terms = [1 / 23, 1 / 21, 1 / 19, 1 / 17, 1 / 15, 1 / 13, 1 / 11, 1 / 9, 1 / 7, 1 / 5, 1 / 3];

/**
 * The natural logarithm in float64 of a finite number above 0, from + - * / alone, so that it has the same bits everywhere
 * (those of `Math.log` are the engine's choice).
 *
 * With x = m 2^e, m from sqrt(1/2) to sqrt(2), and s = (m - 1) / (m + 1): log x = e log 2 + 2 (s + s^3 / 3 + s^5 / 5 + ...),
 * cut at a power whose next term is below 2^-60. The relative error is below 5e-16.
 */
export function logarithm(x: number): number {
  let mantissa = x;
  let exponent = 0;
  for (; mantissa > Math.SQRT2; exponent += 1) mantissa /= 2;
  for (; mantissa < Math.SQRT1_2; exponent -= 1) mantissa *= 2;
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (const term of terms) sum = sum * square + term;
  return exponent * ln2High + (exponent * ln2Low + 2 * s * sum * square + 2 * s);
}
