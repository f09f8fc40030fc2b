import type { FloatArray } from '../runtime/executor.ts';
import type { Engine, TensorAccess } from './engine.ts';
import type { WorkerStaleness } from './events.ts';
import { lossOutput } from './graphs.ts';
import { mergeStaleness } from './mergeStaleness.ts';
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
  /** Of each worker, in modes in which workers do not keep together. */
  readonly staleness?: readonly WorkerStaleness[];
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

/** Adds what more training steps have left in the tables of results, and how stale their updates were. */
export function addSteps(
  sums: EpochSums,
  engine: Engine<FloatArray>,
  steps: readonly PassStep[],
  planned: readonly PlannedMetric[],
): EpochSums {
  let { rows, loss, metrics } = sums;
  for (const step of steps) {
    rows += step.rows;
    loss += readScalar(engine.access, step, lossOutput) * step.rows;
    metrics = addTotals(metrics, engine.access, step, planned);
  }
  const staleness = mergeStaleness([sums, { staleness: engine.takeStaleness?.() }]);
  return { rows, loss, metrics, ...(staleness && { staleness }) };
}
