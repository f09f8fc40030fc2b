import { grad } from '../autodiff/grad.ts';
import type { Dataset } from '../data/dataset.ts';
import { LockstepError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { VariableAttributes } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { type BuiltModel, buildModel } from '../nn/model.ts';
import { add, mul, square, sum } from '../ops/index.ts';
import { clipByGlobalNorm } from '../optim/clipByGlobalNorm.ts';
import { matchesPath } from '../optim/pathPattern.ts';
import { rowGradient } from '../optim/touchedRows.ts';
import { augmentedBatch } from './augmentation.ts';
import { type Batch, batchOf } from './batch.ts';
import { metricSums } from './metricSums.ts';
import {
  applyOptimizers,
  averageOf,
  type OptimizerUpdates,
  type ParameterGradient,
} from './optimizerUpdates.ts';
import { rowLoss } from './rowLoss.ts';
import { sumsOfSquares } from './sumsOfSquares.ts';
import type { Task } from './task.ts';

/** Output of a training or evaluation graph: the loss. */
export const lossOutput = 'loss';

export interface BatchOptions {
  readonly data: Dataset;
  readonly batchSize: number;
  /** Prefix of the names of the inputs that hold the data set: `data.image`. Default `data`. */
  readonly source?: string;
}

export interface TrainOptions extends BatchOptions {
  /** Rows that the loss is a mean over, if the batch is a part of them. Default: its own. */
  readonly meanOver?: number;
  /** Measures the norms of parameters and gradients too ({@link sumsOfSquares}); updates keep their bits. Default false. */
  readonly norms?: boolean;
}

/** A graph with everything that has to be initialised before it runs. */
export interface TrainGraph {
  readonly graph: Graph;
  /** Parameters, statistics and optimizer state, by path. */
  readonly variables: ReadonlyMap<string, Node<VariableAttributes>>;
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : 1);

/** A model that is built on the rows of a mini-batch. */
export interface ModelOfBatch extends BuiltModel {
  /** By the name of the field. */
  readonly inputs: Readonly<Record<string, Node>>;
}

function buildOn(task: Task, batch: Batch, training: boolean): ModelOfBatch {
  const { model, frozen = [], weightAverage } = task;
  const inputs = Object.fromEntries(
    Object.entries(model.inputs).map(([name, type]) => [name, batch.input(name, type)]),
  );
  const readsAverages = !training && weightAverage?.evaluate === true;
  const built = buildModel(model, inputs, {
    training,
    isFrozen: (path) => matchesPath(frozen, path),
    ...(readsAverages && { standIn: (node) => (node.attributes.trainable ? averageOf(node) : node) }),
  });
  return { ...built, inputs };
}

/** Trainable parameters in the order of their paths by code unit, on which no result depends but through this order. */
function trainablesOf(built: BuiltModel): readonly Node<VariableAttributes>[] {
  const trainable = [...built.variables.values()].filter((node) => node.attributes.trainable);
  if (trainable.length === 0)
    throw new LockstepError('BAD_OPTION', 'the model has nothing to train', {
      where: { field: 'model' },
      hint: 'Add a layer with weights, such as dense(), or freeze less.',
    });
  return trainable.sort((a, b) => byCodeUnit(a.attributes.path, b.attributes.path));
}

/** The loss of a mini-batch with what it is a function of. */
export interface TrainingLoss {
  readonly batch: Batch;
  readonly built: BuiltModel;
  readonly trainables: readonly Node<VariableAttributes>[];
  readonly loss: Node;
}

/** Mean over the rows, plus the layers' penalties in the order of building, plus the task's own l2 penalty. */
function trainingLoss(
  task: Task,
  { data, batchSize, source = 'data', meanOver = batchSize }: TrainOptions,
): TrainingLoss {
  const batch = augmentedBatch(data, batchSize, source, task.augment ?? []);
  const built = buildOn(task, batch, true);
  const trainables = trainablesOf(built);
  const mean = mul(sum(rowLoss(task, built, batch)), 1 / meanOver);
  const penalised = built.penalties.reduce((total, penalty) => add(total, penalty), mean);
  const { l2 = 0 } = task;
  const weights = l2 === 0 ? [] : trainables.filter((node) => node.shape.length > 1);
  const loss = weights.reduce((total, weight) => add(total, mul(sum(square(weight)), l2)), penalised);
  return { batch, built, trainables, loss };
}

function nodesOf(gradients: ReadonlyMap<string, ParameterGradient>): ReadonlyMap<string, Node> {
  return new Map([...gradients].map(([path, { gradient }]) => [path, gradient]));
}

function clipped(
  gradients: ReadonlyMap<string, ParameterGradient>,
  globalNorm: number,
): ReadonlyMap<string, ParameterGradient> {
  const scaled = clipByGlobalNorm(nodesOf(gradients), globalNorm).gradients;
  return new Map(
    [...gradients].map(([path, each]) => [path, { ...each, gradient: scaled.get(path) ?? each.gradient }]),
  );
}

/**
 * One optimizer step on one mini-batch.
 *
 * Outputs: `loss`, the mean over the rows plus penalties, from before the update, which guards it; the sums over the rows that
 * metrics are computed of ({@link planMetrics}). Step values: `rows`, the optimizers' (`optimizerStepValues`), and where the
 * model draws random numbers `seed.low`, `seed.high` and `step`. Inputs: `<source>.<field>` for every field that is used. Slots of an optimizer have the
 * path `<optimizer>.<slot>.<parameter path>`, averages `average.<parameter path>`.
 *
 * @throws LockstepError UNKNOWN_OPTION, BAD_OPTION, SHAPE_MISMATCH or DTYPE_MISMATCH when model, losses, metrics and data do
 *   not fit together; NOT_DIFFERENTIABLE
 */
export function trainGraph(task: Task, options: TrainOptions): TrainGraph {
  const { norms = false } = options;
  const { loss, batch, built, trainables, gradients } = lossGradients(task, options);
  const { updates, kept } = updatesBy(task, trainables, gradients);
  const parameters = new Map(trainables.map((node) => [node.attributes.path, node]));
  const measured = norms ? sumsOfSquares(parameters, nodesOf(gradients)) : {};
  return {
    graph: {
      name: 'train',
      outputs: { [lossOutput]: loss, ...metricSums(task, built, batch), ...measured },
      updates: [...updates, ...built.updates],
      guard: lossOutput,
    },
    variables: new Map([...built.variables, ...kept.map((node) => [node.attributes.path, node] as const)]),
  };
}

/** The loss of a mini-batch, and its gradients by the path of their parameter, before any clipping. */
export function lossGradients(
  task: Task,
  options: TrainOptions,
): TrainingLoss & { readonly gradients: ReadonlyMap<string, ParameterGradient> } {
  const parts = trainingLoss(task, options);
  const { loss, trainables } = parts;
  const raw = grad(loss, trainables);
  const gradients = trainables.flatMap((node, position) => {
    const gradient = raw[position];
    if (gradient === undefined) return [];
    return [[node.attributes.path, rowGradient(node, gradient, options.batchSize) ?? { gradient }] as const];
  });
  return { ...parts, gradients: new Map<string, ParameterGradient>(gradients) };
}

/**
 * What is done with the gradients of a mini-batch: clipping, and the optimizers' rules.
 *
 * @param share - as that of `applyOptimizers`
 */
export function updatesBy(
  task: Task,
  trainables: TrainingLoss['trainables'],
  gradients: ReadonlyMap<string, ParameterGradient>,
  share?: Node,
): OptimizerUpdates {
  const { clipping } = task;
  const used = clipping === undefined ? gradients : clipped(gradients, clipping.globalNorm);
  return applyOptimizers(task, trainables, used, share);
}

/** What a training step differentiates, and what it gets. */
export interface GradientGraphs {
  /** Output: `loss`, as in {@link trainGraph}. */
  readonly loss: Graph;
  /** Outputs: by the path of each trainable parameter its gradient before any clipping, dense, of the parameter's shape. */
  readonly gradients: Graph;
  readonly variables: ReadonlyMap<string, Node<VariableAttributes>>;
}

/**
 * The loss of a mini-batch as training sees it, and its gradients, with nothing updated.
 *
 * @throws LockstepError as {@link trainGraph}
 */
export function gradientGraphs(task: Task, options: TrainOptions): GradientGraphs {
  const { built, trainables, loss } = trainingLoss(task, options);
  const gradients = grad(loss, trainables).map((node, at) => [trainables[at]?.attributes.path ?? '', node]);
  return {
    loss: { name: 'loss', outputs: { [lossOutput]: loss }, updates: [] },
    gradients: { name: 'gradients', outputs: Object.fromEntries(gradients), updates: [] },
    variables: built.variables,
  };
}

/**
 * Loss and metrics of one mini-batch, with dropout off and nothing changed; by the averages of the weights if the task says so.
 *
 * Outputs are sums over the rows: `loss`, without penalties, and those that metrics are computed of. Add them up over the
 * batches in float64 and divide by the number of rows.
 *
 * @throws LockstepError as {@link trainGraph}
 */
export function evaluateGraph(task: Task, { data, batchSize, source = 'data' }: BatchOptions): Graph {
  const batch = batchOf(data, batchSize, source);
  const built = buildOn(task, batch, false);
  const loss = sum(rowLoss(task, built, batch));
  return {
    name: 'evaluate',
    outputs: { [lossOutput]: loss, ...metricSums(task, built, batch) },
    updates: [],
  };
}

/**
 * The graph of {@link predictGraph}, and the model in it.
 *
 * @throws LockstepError as {@link predictGraph}
 */
export function predictionOf(
  task: Task,
  { data, batchSize, source = 'data' }: BatchOptions,
): { readonly graph: Graph; readonly built: ModelOfBatch } {
  const built = buildOn(task, batchOf(data, batchSize, source), false);
  return { graph: { name: 'predict', outputs: built.outputs, updates: [] }, built };
}

/**
 * The model's outputs for one mini-batch, by their names, from the averages of the weights if the task says so. The data set needs the fields of the model's inputs only.
 *
 * @throws LockstepError UNKNOWN_OPTION or SHAPE_MISMATCH when model and data do not fit together
 */
export function predictGraph(task: Task, options: BatchOptions): Graph {
  return predictionOf(task, options).graph;
}

/**
 * Sets variables to their values at the start. Step values: `seed.low`, `seed.high` and `step` (which has to be 0), where an
 * initializer is random.
 */
export function initialGraph(variables: Iterable<Node<VariableAttributes>>): Graph {
  return {
    name: 'initial',
    outputs: {},
    updates: Array.from(variables, (node) => ({ variable: node, value: node.attributes.initial })),
  };
}
