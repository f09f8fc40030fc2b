import { lookUp } from '../../nameLookup.ts';
import { meanAbsoluteError } from '../losses/meanAbsoluteError.ts';
import { meanSquaredError } from '../losses/meanSquaredError.ts';
import { accuracy } from './accuracy.ts';
import { auc } from './auc.ts';
import { binaryAccuracy } from './binaryAccuracy.ts';
import { confusionMatrix } from './confusionMatrix.ts';
import { f1 } from './f1.ts';
import type { Metric } from './metric.ts';
import { precision } from './precision.ts';
import { r2 } from './r2.ts';
import { recall } from './recall.ts';
import { rootMeanSquaredError } from './rootMeanSquaredError.ts';
import { topKAccuracy } from './topKAccuracy.ts';

export { type AucOptions, auc } from './auc.ts';
export { binaryAccuracyAt } from './binaryAccuracy.ts';
export type { ClassMetricOptions } from './classCounts.ts';
export { f1 } from './f1.ts';
export type { Matrix, Metric, RowMetric, SummedMetric } from './metric.ts';
export { precision } from './precision.ts';
export { recall } from './recall.ts';
export { topKAccuracy } from './topKAccuracy.ts';

/** Metrics by name; those with options have their defaults. A new one is one line here. */
export const metrics = {
  accuracy,
  auc: auc(),
  binaryAccuracy,
  confusionMatrix,
  f1: f1(),
  meanAbsoluteError,
  meanSquaredError,
  precision: precision(),
  r2,
  recall: recall(),
  rootMeanSquaredError,
  topKAccuracy: topKAccuracy(),
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof metrics;

/**
 * The metric of a name; a metric stands for itself.
 *
 * @param field - that names it, for the error
 * @throws LockstepError UNKNOWN_OPTION for a name that is not in the table
 */
export function toMetric(metric: MetricName | Metric, field?: string): Metric {
  return typeof metric === 'string'
    ? lookUp('metric', metrics, metric, field === undefined ? {} : { field })
    : metric;
}
