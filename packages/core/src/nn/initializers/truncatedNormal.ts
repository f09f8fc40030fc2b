import { add, erfInv, mul, uniform } from '../../ops/index.ts';
import { checkOptions } from '../../options.ts';
import type { Initializer } from './initializer.ts';
import { type NormalOptions, normalRules } from './random.ts';

/** The part of a normal distribution within two deviations of its mean: erf(sqrt(2)). */
const within = 0.954499736103642;

/**
 * Normal, but nothing further than two deviations from the mean: by inversion of that part of the distribution, so that no draw
 * is thrown away. Of what remains the deviation is 0.88 times `deviation`.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function truncatedNormal(options: NormalOptions = {}): Initializer {
  checkOptions('truncatedNormal', options, normalRules);
  const { mean = 0, deviation = 0.05 } = options;
  return (shape, path) => {
    const drawn = erfInv(uniform({ shape }, { purpose: path, low: -within, high: within }));
    const scaled = mul(drawn, Math.SQRT2 * deviation);
    return mean === 0 ? scaled : add(scaled, mean);
  };
}
