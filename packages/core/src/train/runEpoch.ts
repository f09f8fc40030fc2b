import type { CompiledRun } from './compileRun.ts';
import { divergence } from './divergence.ts';
import type { MetricValues } from './events.ts';
import { lossOutput, metricOutput } from './graphs.ts';
import type { Group } from './group.ts';
import type { Pace } from './pace.ts';
import type { StepTables } from './stepTables.ts';

/** What an epoch has come to so far. */
export interface EpochProgress {
  readonly steps: number;
  readonly rows: number;
  /** Spent in training steps, their tables included. */
  readonly seconds: number;
  /** Of the newest mini-batch. */
  readonly newestLoss: number;
}

export interface EpochResult extends EpochProgress {
  /** Mean over the rows, each at the weights its mini-batch found: a float64 sum over the steps in order. */
  readonly loss: number;
  readonly metrics: MetricValues;
  /** The group was asked to stop before the end of the epoch. */
  readonly stopped: boolean;
}

/** Adds up what the steps of an epoch have left in the tables of results. */
function collect(
  { run, executor, training }: CompiledRun,
  count: number,
): Pick<EpochResult, 'loss' | 'metrics'> {
  const read = (program: string, name: string, entry: number): number =>
    executor.readResult(program, name, entry)[0] ?? Number.NaN;
  const metrics = Object.keys(run.task.metrics);
  const sums = metrics.map(() => 0);
  let loss = 0;
  let total = 0;
  for (const { program, entry, rows } of training.steps.slice(0, count)) {
    total += rows;
    loss += read(program, lossOutput, entry) * rows;
    for (const [at, name] of metrics.entries())
      sums[at] = (sums[at] ?? 0) + read(program, metricOutput(name), entry);
  }
  return {
    loss: loss / total,
    metrics: Object.fromEntries(metrics.map((name, at) => [name, (sums[at] ?? 0) / total])),
  };
}

/**
 * Makes the steps of one epoch.
 *
 * @param epoch - counted from 0
 * @param onProgress - called between slices of work
 * @throws LockstepError DIVERGED when the loss of a mini-batch is not finite; the weights are then those before its step
 */
export async function runEpoch(
  compiled: CompiledRun,
  tables: StepTables,
  group: Group,
  epoch: number,
  pace: Pace,
  onProgress: (progress: EpochProgress) => void,
): Promise<EpochResult> {
  const { executor, training } = compiled;
  let resumed = performance.now();
  let seconds = 0;
  let steps = 0;
  let rows = 0;
  const progress = (): EpochProgress => {
    const newest = training.steps[steps - 1];
    const loss = newest && executor.readResult(newest.program, lossOutput, newest.entry)[0];
    return { steps, rows, seconds, newestLoss: loss ?? Number.NaN };
  };
  const lap = (): void => {
    const now = performance.now();
    seconds += (now - resumed) / 1000;
    resumed = now;
  };
  tables.write(epoch);
  let stopped = false;
  for (const step of training.steps) {
    if (pace.due()) {
      lap();
      if (steps > 0) onProgress(progress());
      await pace.pause();
      resumed = performance.now();
    }
    if (group.barrier() === 'stop') {
      stopped = true;
      break;
    }
    if (executor.run(step.program, step.entry) === 'diverged')
      throw divergence(
        compiled,
        epoch,
        steps,
        executor.readResult(step.program, lossOutput, step.entry)[0] ?? Number.NaN,
      );
    steps += 1;
    rows += step.rows;
  }
  lap();
  return { ...progress(), ...collect(compiled, steps), stopped };
}
