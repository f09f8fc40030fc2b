import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import type { Metric, RowMetric } from '../nn/metrics/index.ts';
import type { BuiltModel } from '../nn/model.ts';
import { cast, expandDims, sum, where } from '../ops/index.ts';
import type { Batch } from './batch.ts';
import { countedRows, outputOf, requireRows } from './comparedRows.ts';
import type { MetricTerm, Task } from './task.ts';

/** What a metric is computed of, as plain data. */
export interface PlannedMetric {
  readonly name: string;
  /** Outputs of a training or evaluation graph that hold the sums over its rows. */
  readonly sums: readonly string[];
  /** The output that holds the number of rows that count. Absent: all of them do. */
  readonly counted?: string;
  /** The metric is the first sum divided by the rows. */
  readonly isMean: boolean;
}

/** Output of a training or evaluation graph: a sum over the batch's rows that a metric is computed of. */
export function metricOutput(metric: string, position = 0): string {
  return position === 0 ? `metric.${metric}` : `metric.${metric}:${position}`;
}

/** Output that holds how many rows a metric counts, where it does not count all. */
function countedOutput(metric: string): string {
  return `metric.${metric}:rows`;
}

function isRowMetric(metric: Metric): metric is RowMetric {
  return typeof metric === 'function';
}

function termSums(name: string, term: MetricTerm, built: BuiltModel, batch: Batch): [string, Node][] {
  const { metric } = term;
  const place = `metrics.${name}`;
  const output = outputOf(place, term, built);
  const target = batch.target(term.target);
  const rows = isRowMetric(metric)
    ? [requireRows(place, metric(output, target), batch.size)]
    : metric.contributions(output, target).map((node) => requireRows(place, node, batch.size, 2));
  const counted = countedRows(place, term, batch);
  const total = (node: Node): Node => {
    const perRow = counted && node.shape.length > 1 ? expandDims(counted, 1) : counted;
    return sum(perRow ? where(perRow, node, 0) : node, { axes: [0] });
  };
  const sums = rows.map((node, position): [string, Node] => [metricOutput(name, position), total(node)]);
  return counted ? [...sums, [countedOutput(name), sum(cast(counted, 'float32'))]] : sums;
}

/**
 * The sums over a mini-batch's rows that the metrics are computed of, as outputs of a graph.
 *
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH or UNKNOWN_OPTION when a metric does not fit the model or the data
 */
export function metricSums(
  { metrics }: Task,
  built: BuiltModel,
  batch: Batch,
): Readonly<Record<string, Node>> {
  const terms = Object.entries(metrics);
  return Object.fromEntries(terms.flatMap(([name, term]) => termSums(name, term, built, batch)));
}

/** What there is to know of a task's metrics where its graphs are run: in the order of the task. */
export function planMetrics({ metrics }: Task, { outputs }: Graph): readonly PlannedMetric[] {
  return Object.entries(metrics).map(([name, { metric }]) => {
    const sums: string[] = [];
    while (Object.hasOwn(outputs, metricOutput(name, sums.length)))
      sums.push(metricOutput(name, sums.length));
    return {
      name,
      sums,
      ...(Object.hasOwn(outputs, countedOutput(name)) ? { counted: countedOutput(name) } : {}),
      isMean: isRowMetric(metric),
    };
  });
}
