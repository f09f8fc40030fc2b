import type { Dataset } from '../data/dataset.ts';
import type { Executor, FloatArray } from '../runtime/executor.ts';
import { residentName } from './batch.ts';
import type { Run } from './defineRun.ts';
import type { MetricValues } from './events.ts';
import { defaultExecutor, type ExecutorName, executors } from './executors.ts';
import { evaluateGraph, lossOutput, metricOutput } from './graphs.ts';
import { Pace } from './pace.ts';
import { type Pass, planPass, writeFields, writeRows } from './pass.ts';
import type { Task } from './task.ts';
import { type Variables, writeVariables } from './variables.ts';

/**
 * Rows that are evaluated or predicted at once. A row's outputs have the same bits in any batch; the sum of the losses
 * does not, so this number is part of what a validation loss is.
 */
export const evaluationBatchSize = 256;

/** Means over the rows of a data set. */
export interface Evaluation {
  readonly loss: number;
  readonly metrics: MetricValues;
}

export interface ComputeOptions {
  /** What computes. Default: the fastest. */
  readonly executor?: ExecutorName;
  /** Workers that a simulation simulates. */
  readonly workers?: number;
}

/** The data set as the run prepares data: with the preprocessing of the training rows. */
export function prepared(data: Dataset, run: { readonly train: Dataset }): Dataset {
  const fields = Object.entries(data.fields).map(([name, field]) => {
    const { preprocessing: _own, ...rest } = field;
    const { preprocessing } = run.train.fields[name] ?? field;
    return [name, preprocessing === undefined ? rest : { ...rest, preprocessing }] as const;
  });
  return { ...data, fields: Object.fromEntries(fields) };
}

/** The pass that evaluates a data set. */
export function evaluationPass(task: Task, data: Dataset, source: string, lanes: number): Pass {
  return planPass('evaluate', data.rows, { batchSize: evaluationBatchSize, lanes }, (batchSize) =>
    evaluateGraph(task, { data, batchSize, source }),
  );
}

/** Runs an evaluation pass whose tables are filled. Sums over the batches are float64, in order. */
export async function runEvaluation(
  executor: Executor<FloatArray>,
  pass: Pass,
  task: Task,
  pace: Pace,
): Promise<Evaluation> {
  const names = Object.keys(task.metrics);
  let loss = 0;
  const sums = names.map(() => 0);
  for (const { program, entry } of pass.steps) {
    executor.run(program, entry);
    loss += executor.readResult(program, lossOutput, entry)[0] ?? Number.NaN;
    for (const [at, name] of names.entries())
      sums[at] = (sums[at] ?? 0) + (executor.readResult(program, metricOutput(name), entry)[0] ?? Number.NaN);
    if (pace.due()) await pace.pause();
  }
  return {
    loss: loss / pass.rows,
    metrics: Object.fromEntries(names.map((name, at) => [name, (sums[at] ?? 0) / pass.rows])),
  };
}

/**
 * Mean loss (without penalties) and metrics of a data set.
 *
 * @param data - with the fields of the run's data; its preprocessing is that of the run's training rows
 * @throws LockstepError UNKNOWN_OPTION, SHAPE_MISMATCH or DTYPE_MISMATCH when the data does not fit the run
 */
export async function evaluate(
  run: Run,
  variables: Variables,
  data: Dataset,
  options: ComputeOptions = {},
): Promise<Evaluation> {
  const rows = prepared(data, run);
  const pass = evaluationPass(run.task, rows, 'data', run.lanes);
  const executor = executors[options.executor ?? defaultExecutor](pass.sources, options.workers ?? 1);
  writeVariables(executor, variables);
  writeFields(executor, rows, (field) => residentName('data', field));
  writeRows(executor, pass, rows);
  return await runEvaluation(executor, pass, run.task, new Pace());
}
