import type { ProgramSource } from '../compile/compile.ts';
import type { Dataset } from '../data/dataset.ts';
import { withRing } from '../data/rowStream.ts';
import type { VariableAttributes } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import type { FloatArray } from '../runtime/executor.ts';
import { residentName } from './batch.ts';
import type { Run } from './defineRun.ts';
import type { TensorAccess } from './engine.ts';
import { evaluationPass, inOrder, prepared } from './evaluate.ts';
import { initialGraph, trainGraph } from './graphs.ts';
import { type PlannedMetric, planMetrics } from './metricSums.ts';
import { type GraphOfRows, planPass, writeFields } from './pass.ts';
import { initialProgram, planRun, type RunPlan } from './plan.ts';
import { type SplitGraphs, type SplitOptions, splitTrainGraph } from './splitGraphs.ts';

/** A run ready for an engine: what to compile, what the loop is to do, and what to put into memory before. */
export interface PreparedRun {
  readonly run: Run;
  readonly plan: RunPlan;
  /** The programs that the plan's steps name. */
  readonly sources: readonly ProgramSource[];
  /** Copies the data sets into the inputs of an engine of these sources; before anything else. */
  writeData(access: TensorAccess<FloatArray>): void;
}

function storedTogether(a: Dataset, b: Dataset): boolean {
  if (a.stream !== undefined || b.stream !== undefined) return false;
  return Object.entries(a.fields).every(([name, { values }]) => b.fields[name]?.values === values);
}

export interface PrepareOptions {
  /** Gradients are computed by one program and applied by another. Default: one does both. */
  readonly split?: SplitOptions | undefined;
}

/**
 * Builds the graphs of a run and plans it.
 *
 * @throws LockstepError when model, losses and data do not fit together; BAD_OPTION when a mini-batch cannot be computed in
 * parts and has to be
 */
export function prepareRun(run: Run, { split }: PrepareOptions = {}): PreparedRun {
  const { task, batchSize, dropLast, lanes, microBatch } = run;
  const train = withRing(run.train, batchSize);
  let variables: ReadonlyMap<string, Node<VariableAttributes>> = new Map();
  let metrics: readonly PlannedMetric[] = [];
  const splitOf = (rows: number, options: SplitOptions): SplitGraphs => {
    // What there is to initialise, and to measure, is the same.
    graphWith(false)(rows, rows);
    return splitTrainGraph(task, { data: train, batchSize: rows }, options);
  };
  const passOptions = {
    source: 'data',
    batchSize,
    dropLast,
    lanes,
    ...(microBatch === undefined ? {} : { microBatch }),
    ...(split && { split: (rows: number) => splitOf(rows, split) }),
  };
  const graphWith =
    (norms: boolean): GraphOfRows =>
    (rows, meanOver) => {
      const made = trainGraph(task, { data: train, batchSize: rows, meanOver, norms });
      variables = made.variables;
      metrics = planMetrics(task, made.graph);
      return made.graph;
    };
  const training = planPass(
    'train',
    train,
    passOptions,
    graphWith(false),
    run.norms && split === undefined ? graphWith(true) : undefined,
  );
  const judged = run.validation && inOrder(prepared(run.validation, run));
  // Two views of the same stored rows need them in memory once.
  const source = judged && storedTogether(judged, train) ? 'data' : 'validation';
  const validation = judged && evaluationPass(task, judged, source, lanes);
  const initial: ProgramSource = {
    graph: { ...initialGraph(variables.values()), name: initialProgram },
    batchSize: 0,
    lanes: 1,
    steps: 1,
  };
  const passes = { training: training.plan, ...(validation && { validation: validation.plan }) };
  return {
    run,
    plan: planRun(run, passes, metrics, variables.values()),
    sources: [initial, ...training.sources, ...(validation?.sources ?? [])],
    writeData: (access) => {
      writeFields(access, train, (field) => residentName('data', field));
      if (judged) writeFields(access, judged, (field) => residentName(source, field));
    },
  };
}
