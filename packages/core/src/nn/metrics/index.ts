import { lookUp } from '../../nameLookup.ts';
import { meanAbsoluteError } from '../losses/meanAbsoluteError.ts';
import { meanSquaredError } from '../losses/meanSquaredError.ts';
import { accuracy } from './accuracy.ts';
import { binaryAccuracy } from './binaryAccuracy.ts';
import type { Metric } from './metric.ts';

export { binaryAccuracyAt } from './binaryAccuracy.ts';
export type { Matrix, Metric, RowMetric, SummedMetric } from './metric.ts';

/** Metrics by name. A new one is one line here. */
export const metrics = {
  accuracy,
  binaryAccuracy,
  meanAbsoluteError,
  meanSquaredError,
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof metrics;

/**
 * The metric of a name; a metric stands for itself.
 *
 * @throws LockstepError UNKNOWN_OPTION for a name that is not in the table
 */
export function toMetric(metric: MetricName | Metric): Metric {
  return typeof metric === 'string' ? lookUp('metric', metrics, metric) : metric;
}
