import { exponential } from './exponential.ts';
import { integerPower } from './integerPower.ts';
import { logarithm } from './logarithm.ts';

/**
 * base^exponent in float64 for a base of 0 or above and a finite exponent of 0 or above, with the same bits everywhere
 * (those of `Math.pow` are the engine's choice). Integer powers are products; for others the relative error is about
 * (2 + |exponent log(base)|) x 2^-52.
 */
export function realPower(base: number, exponent: number): number {
  if (Number.isInteger(exponent)) return integerPower(base, exponent);
  return base === 0 ? 0 : exponential(exponent * logarithm(base));
}
