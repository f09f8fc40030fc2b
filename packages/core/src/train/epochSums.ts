import type { FloatArray } from '../runtime/executor.ts';
import type { TensorAccess } from './engine.ts';
import type { MetricValues } from './events.ts';
import { lossOutput, metricOutput } from './graphs.ts';
import type { PassStep } from './pass.ts';

/** What the steps of an epoch have come to so far: float64 sums over the steps in order. */
export interface EpochSums {
  readonly rows: number;
  /** Mean loss of each mini-batch times its rows. */
  readonly loss: number;
  /** One for each metric, in the plan's order. */
  readonly metrics: readonly number[];
}

/** Before the first step. */
export function noSteps(metrics: readonly string[]): EpochSums {
  return { rows: 0, loss: 0, metrics: metrics.map(() => 0) };
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
  names: readonly string[],
): EpochSums {
  const metrics = [...sums.metrics];
  let { rows, loss } = sums;
  for (const step of steps) {
    rows += step.rows;
    loss += readScalar(access, step, lossOutput) * step.rows;
    for (const [at, name] of names.entries())
      metrics[at] = (metrics[at] ?? 0) + readScalar(access, step, metricOutput(name));
  }
  return { rows, loss, metrics };
}

/** Means over the rows, each taken at the weights its mini-batch found. */
export function meansOf(
  { rows, loss, metrics }: EpochSums,
  names: readonly string[],
): { readonly loss: number; readonly metrics: MetricValues } {
  return {
    loss: loss / rows,
    metrics: Object.fromEntries(names.map((name, at) => [name, (metrics[at] ?? 0) / rows])),
  };
}
