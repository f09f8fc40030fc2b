import type { FloatArray } from '../runtime/executor.ts';
import type { TensorAccess } from './engine.ts';
import { lossOutput } from './graphs.ts';
import type { PlannedMetric } from './metricSums.ts';
import type { MetricTotals } from './metricTotals.ts';
import { addTotals, noTotals } from './metricTotals.ts';
import type { PassStep } from './pass.ts';

/** What the steps of an epoch have come to so far: float64 sums over the steps in order. */
export interface EpochSums {
  readonly rows: number;
  /** Mean loss of each mini-batch times its rows. */
  readonly loss: number;
  /** One for each metric, in the plan's order. */
  readonly metrics: readonly MetricTotals[];
}

/** Before the first step. */
export function noSteps(metrics: readonly PlannedMetric[]): EpochSums {
  return { rows: 0, loss: 0, metrics: metrics.map(() => noTotals) };
}

/** The first number that a step has left in a table of results. */
export function readScalar(
  access: TensorAccess<FloatArray>,
  { program, entry }: PassStep,
  name: string,
): number {
  return access.readResult(program, name, entry)[0] ?? Number.NaN;
}

/** Adds what more training steps have left in the tables of results. */
export function addSteps(
  sums: EpochSums,
  access: TensorAccess<FloatArray>,
  steps: readonly PassStep[],
  planned: readonly PlannedMetric[],
): EpochSums {
  let { rows, loss, metrics } = sums;
  for (const step of steps) {
    rows += step.rows;
    loss += readScalar(access, step, lossOutput) * step.rows;
    metrics = addTotals(metrics, access, step, planned);
  }
  return { rows, loss, metrics };
}
