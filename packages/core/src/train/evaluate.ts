import type { Dataset } from '../data/dataset.ts';
import { withRing } from '../data/rowStream.ts';
import type { FloatArray } from '../runtime/executor.ts';
import { residentName } from './batch.ts';
import { openFeed } from './dataFeed.ts';
import type { Run } from './defineRun.ts';
import type { Engine } from './engine.ts';
import { readScalar } from './epochSums.ts';
import { evaluateGraph, lossOutput } from './graphs.ts';
import { type FedEpoch, makePass, notFed } from './makePass.ts';
import { type PlannedMetric, planMetrics } from './metricSums.ts';
import { addTotals, finishMetrics, type MetricResults, type MetricTotals, noTotals } from './metricTotals.ts';
import { type ComputeOptions, openEngine } from './openEngine.ts';
import { type Pass, type PassPlan, planPass, writeFields, writeRows } from './pass.ts';
import { passOrder } from './passOrder.ts';
import type { Task } from './task.ts';
import { type Variables, writeVariables } from './variables.ts';

/**
 * Rows that are evaluated or predicted at once. A row's outputs have the same bits in any batch; the sum of the losses
 * does not, so this number is part of what a validation loss is.
 */
export const evaluationBatchSize = 256;

/** Mean loss and metrics of a data set. */
export interface Evaluation extends MetricResults {
  readonly loss: number;
}

/** What the rows of a data set have come to. */
export interface EvaluationSums {
  /** Mean over the rows. */
  readonly loss: number;
  /** One for each metric, in the plan's order. */
  readonly metrics: readonly MetricTotals[];
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

/** Blocks that are read at once where rows keep their order. */
const orderedWindow = 2;

/** A data set whose rows are evaluated or predicted in their order. */
export function inOrder(data: Dataset): Dataset {
  return withRing(data, evaluationBatchSize, orderedWindow);
}

/** The pass that evaluates a data set. */
export function evaluationPass(task: Task, data: Dataset, source: string, lanes: number): Pass {
  return planPass('evaluate', data, { source, batchSize: evaluationBatchSize, lanes }, (batchSize) =>
    evaluateGraph(task, { data, batchSize, source }),
  );
}

/**
 * Makes an evaluation pass whose tables are filled. Sums over the batches are float64, in order.
 *
 * @param fed - what brings the rows of a streamed data set
 */
export async function runEvaluation(
  engine: Engine<FloatArray>,
  pass: PassPlan,
  planned: readonly PlannedMetric[],
  fed: FedEpoch = notFed,
): Promise<EvaluationSums> {
  await makePass(engine, pass, fed);
  const { steps, rows } = pass;
  let metrics: readonly MetricTotals[] = planned.map(() => noTotals);
  let loss = 0;
  for (const step of steps) {
    loss += readScalar(engine.access, step, lossOutput);
    metrics = addTotals(metrics, engine.access, step, planned);
  }
  return { loss: loss / rows, metrics };
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
  const rows = inOrder(prepared(data, run));
  const { plan, sources } = evaluationPass(run.task, rows, 'data', run.lanes);
  const engine = await openEngine(sources, options);
  const feed = openFeed(engine, plan);
  try {
    writeVariables(engine.access, variables);
    writeFields(engine.access, rows, (field) => residentName('data', field));
    writeRows(engine.access, plan.steps, passOrder(plan));
    const planned = sources[0] ? planMetrics(run.task, sources[0].graph) : [];
    const { loss, metrics } = await runEvaluation(engine, plan, planned, { feed, epoch: 0 });
    return { loss, ...finishMetrics(run.task.metrics, metrics) };
  } finally {
    await feed?.close();
    await engine.close();
  }
}
