import type { Run } from './defineRun.ts';
import { optimizerStepValues } from './optimizerUpdates.ts';
import { isSteered, type RateSteering, rateScale, steeredSchedule } from './rateSteering.ts';

/** The optimizer's per-step scalars for some epochs in a row, in float64. */
export interface OptimizerValues {
  /** Counted from 0. */
  readonly firstEpoch: number;
  readonly epochs: number;
  /** That they take account of. */
  readonly steering: RateSteering;
  /** One number for each step of these epochs, by the name of the step value. */
  readonly values: Readonly<Record<string, Float64Array>>;
  /** The learning rate of the run at each step; groups of parameters may have others. */
  readonly learningRates: Float64Array;
}

/** Steps to tabulate at once: 8 bytes and some 100 ns for each of them and each value. */
const mostSteps = 65_536;

/**
 * Tabulates learning rates, bias corrections and the like: all that a run's closures decide about its steps. A run of up
 * to 65536 steps is tabulated at once, a longer one part by part, and one that is steered epoch by epoch.
 *
 * @param firstEpoch - counted from 0
 */
export function tabulateOptimizer(
  { task, schedule, epochs }: Run,
  stepsPerEpoch: number,
  firstEpoch: number,
  steering: RateSteering,
): OptimizerValues {
  const most = isSteered(steering) ? 1 : Math.max(1, Math.floor(mostSteps / stepsPerEpoch));
  const tabulated = Math.min(most, epochs - firstEpoch);
  const totalSteps = epochs * stepsPerEpoch;
  const scale = rateScale(steering);
  const steered = steeredSchedule(schedule, steering);
  const table = (value: (step: number) => number): Float64Array => {
    const values = new Float64Array(tabulated * stepsPerEpoch);
    for (let at = 0; at < values.length; at++) values[at] = value(firstEpoch * stepsPerEpoch + at);
    return values;
  };
  const functions = optimizerStepValues(task, totalSteps, { schedule: steered, scale, stepsPerEpoch });
  const values = Object.entries(functions).map(([name, value]) => [name, table(value)]);
  return {
    firstEpoch,
    epochs: tabulated,
    steering,
    values: Object.fromEntries(values),
    learningRates: table((step) => scale(steered(step, totalSteps, stepsPerEpoch))),
  };
}
