import type { Run } from './defineRun.ts';
import { optimizerStepValues } from './optimizerUpdates.ts';

/** The optimizer's per-step scalars for some epochs in a row, in float64. */
export interface OptimizerValues {
  /** Counted from 0. */
  readonly firstEpoch: number;
  readonly epochs: number;
  /** One number for each step of these epochs, by the name of the step value. */
  readonly values: Readonly<Record<string, Float64Array>>;
}

/** Steps to tabulate at once: 8 bytes and some 100 ns for each of them and each value. */
const mostSteps = 65_536;

/**
 * Tabulates learning rates, bias corrections and the like: all that a run's closures decide about its steps. A run of up
 * to 65536 steps is tabulated at once, a longer one part by part.
 *
 * @param firstEpoch - counted from 0
 */
export function tabulateOptimizer(
  { task, schedule, epochs }: Run,
  stepsPerEpoch: number,
  firstEpoch: number,
): OptimizerValues {
  const most = Math.max(1, Math.floor(mostSteps / stepsPerEpoch));
  const tabulated = Math.min(most, epochs - firstEpoch);
  const functions = optimizerStepValues(task, epochs * stepsPerEpoch, schedule);
  const values = Object.entries(functions).map(([name, value]) => [
    name,
    Float64Array.from({ length: tabulated * stepsPerEpoch }, (_, at) =>
      value(firstEpoch * stepsPerEpoch + at),
    ),
  ]);
  return { firstEpoch, epochs: tabulated, values: Object.fromEntries(values) };
}
