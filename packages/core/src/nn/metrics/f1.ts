import { type ClassMetricOptions, classMetric, share } from './classCounts.ts';
import type { SummedMetric } from './metric.ts';

/**
 * The harmonic mean of precision and recall: 2 right / (said + meant); for several classes see `average`.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function f1(options: ClassMetricOptions = {}): SummedMetric {
  return classMetric('f1', options, ({ right, said, meant }) => share(2 * right, said + meant));
}
