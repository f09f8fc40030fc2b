import { type ClassMetricOptions, classMetric, share } from './classCounts.ts';
import type { SummedMetric } from './metric.ts';

/**
 * The share of the rows said to be of a class that are; for several classes see `average`.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function precision(options: ClassMetricOptions = {}): SummedMetric {
  return classMetric('precision', options, ({ right, said }) => share(right, said));
}
