import { type ClassMetricOptions, classMetric, share } from './classCounts.ts';
import type { SummedMetric } from './metric.ts';

/**
 * The share of the rows of a class that are said to be; for several classes see `average`.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function recall(options: ClassMetricOptions = {}): SummedMetric {
  return classMetric('recall', options, ({ right, meant }) => share(right, meant));
}
