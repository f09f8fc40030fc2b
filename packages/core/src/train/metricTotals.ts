import type { Matrix } from '../nn/metrics/index.ts';
import type { FloatArray } from '../runtime/executor.ts';
import type { TensorAccess } from './engine.ts';
import type { MetricTables, MetricValues } from './events.ts';
import type { PlannedMetric } from './metricSums.ts';
import type { PassStep } from './pass.ts';
import type { MetricTerm } from './task.ts';

/** What the rows so far have come to for one metric: float64 sums over the mini-batches in order. */
export interface MetricTotals {
  /** That count. */
  readonly rows: number;
  /** In the order of the metric's contributions; empty before the first mini-batch. */
  readonly sums: readonly (readonly number[])[];
}

/** What metrics come to, by name: numbers, and the metrics that are matrices. */
export interface MetricResults {
  readonly metrics: MetricValues;
  readonly tables?: MetricTables;
}

/** Before the first mini-batch. */
export const noTotals: MetricTotals = { rows: 0, sums: [] };

/** Adds what a mini-batch has left in the tables of results. */
export function addTotals(
  totals: readonly MetricTotals[],
  access: TensorAccess<FloatArray>,
  { program, entry, rows }: PassStep,
  planned: readonly PlannedMetric[],
): readonly MetricTotals[] {
  const read = (output: string): ArrayLike<number> => access.readResult(program, output, entry);
  return planned.map(({ sums, counted }, at) => {
    const before = totals[at] ?? noTotals;
    return {
      rows: before.rows + (counted === undefined ? rows : (read(counted)[0] ?? 0)),
      sums: sums.map((output, position) =>
        Array.from(read(output), (value, element) => (before.sums[position]?.[element] ?? 0) + value),
      ),
    };
  });
}

/** Whether the sums alone say what the metrics are. */
export function areMeans(planned: readonly PlannedMetric[]): boolean {
  return planned.every(({ isMean }) => isMean);
}

const mean = ({ rows, sums: [first] }: MetricTotals): number => (first?.[0] ?? 0) / rows;

/** The metrics of which none is more than a mean over the rows. */
export function meansOf(planned: readonly PlannedMetric[], totals: readonly MetricTotals[]): MetricResults {
  const values = planned.map(({ name }, at) => [name, mean(totals[at] ?? noTotals)] as const);
  return { metrics: Object.fromEntries(values) };
}

/**
 * What the sums come to; NaN for every metric if there are no rows.
 *
 * @param totals - one for each metric of the task, in its order
 */
export function finishMetrics(
  terms: Readonly<Record<string, MetricTerm>>,
  totals: readonly MetricTotals[],
): MetricResults {
  const metrics: Record<string, number> = {};
  const tables: Record<string, Matrix> = {};
  for (const [at, [name, { metric }]] of Object.entries(terms).entries()) {
    const total = totals[at] ?? noTotals;
    const isEmpty = total.rows === 0;
    const value =
      typeof metric === 'function' || isEmpty ? mean(total) : metric.finish(total.sums, total.rows);
    if (typeof value === 'number') metrics[name] = value;
    else tables[name] = value;
  }
  return { metrics, ...(Object.keys(tables).length === 0 ? {} : { tables }) };
}
