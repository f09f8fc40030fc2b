import { integerPower } from './integerPower.ts';
import { ln2High, ln2Low } from './ln2.ts';

/** Taylor coefficients 1 / n!, highest power first. */
const terms = [
  1 / 6227020800,
  1 / 479001600,
  1 / 39916800,
  1 / 3628800,
  1 / 362880,
  1 / 40320,
  1 / 5040,
  1 / 720,
  1 / 120,
  1 / 24,
  1 / 6,
  1 / 2,
  1,
  1,
];

/**
 * e^x in float64 for |x| up to 700, from additions and multiplications alone, so that it has the same bits everywhere
 * (those of `Math.exp` are the engine's choice).
 *
 * x is brought to at most log(2) / 2 by subtracting a multiple of log(2), where the Taylor series is cut at a power whose
 * next term is below 2^-57. The relative error is below 4e-16.
 */
export function exponential(x: number): number {
  const multiple = Math.round(x / ln2High);
  const rest = x - multiple * ln2High - multiple * ln2Low;
  let sum = 0;
  for (const term of terms) sum = sum * rest + term;
  return multiple < 0 ? sum * integerPower(0.5, -multiple) : sum * integerPower(2, multiple);
}
