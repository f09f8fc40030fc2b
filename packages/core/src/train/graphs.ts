import { grad } from '../autodiff/grad.ts';
import type { Dataset } from '../data/dataset.ts';
import { LockstepError } from '../errors.ts';
import type { Graph, Update } from '../graph/graph.ts';
import { stepValue, type VariableAttributes, variable } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { lookUp } from '../nameLookup.ts';
import { type BuiltModel, buildModel } from '../nn/model.ts';
import { add, mul, square, sum } from '../ops/index.ts';
import { clipByGlobalNorm } from '../optim/clipByGlobalNorm.ts';
import type { Optimizer, Schedule } from '../optim/index.ts';
import { type Batch, batchOf } from './batch.ts';
import type { Comparison, Task } from './task.ts';

/** Output of a training or evaluation graph: the loss. */
export const lossOutput = 'loss';

/** Output of a training or evaluation graph: the sum over the batch's rows of a metric. */
export function metricOutput(metric: string): string {
  return `metric.${metric}`;
}

export interface BatchOptions {
  readonly data: Dataset;
  readonly batchSize: number;
  /** Prefix of the names of the inputs that hold the data set: `data.image`. Default `data`. */
  readonly source?: string;
}

export interface TrainOptions extends BatchOptions {
  /** Rows that the loss is a mean over, if the batch is a part of them. Default: its own. */
  readonly meanOver?: number;
}

/** A graph with everything that has to be initialised before it runs. */
export interface TrainGraph {
  readonly graph: Graph;
  /** Parameters, statistics and optimizer state, by path. */
  readonly variables: ReadonlyMap<string, Node<VariableAttributes>>;
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : 1);

function buildOn(task: Task, batch: Batch, training: boolean): BuiltModel {
  const { model } = task;
  const inputs = Object.entries(model.inputs).map(([name, type]) => [name, batch.input(name, type)]);
  return buildModel(model, Object.fromEntries(inputs), { training });
}

/** Applies a loss or metric to its output and target, and checks that it says one number a row. */
function perRow(
  place: string,
  compare: (output: Node, target: Node) => Node,
  { output, target }: Comparison,
  built: BuiltModel,
  batch: Batch,
): Node {
  const predicted = lookUp('output of the model', built.outputs, output, { field: `${place}.output` });
  const result = compare(predicted, batch.target(target));
  if (result.shape.length !== 1 || result.batchAxis !== 0 || result.dtype !== 'float32')
    throw new LockstepError('SHAPE_MISMATCH', 'a loss or metric does not give one number a row', {
      where: { field: place },
      got: `${result.dtype} [${result.shape.join(', ')}]`,
      wanted: `float32 [${batch.size}] along the mini-batch`,
      hint: 'take the mean over every axis but the first',
    });
  return result;
}

/** The weighted sum of the losses of every row, [B]. */
function rowLoss({ losses }: Task, built: BuiltModel, batch: Batch): Node {
  const terms = losses.map((term, position) => {
    const loss = perRow(`losses.${position}`, term.loss, term, built, batch);
    return term.weight === undefined || term.weight === 1 ? loss : mul(loss, term.weight);
  });
  const [first, ...rest] = terms;
  if (first === undefined)
    throw new LockstepError('BAD_OPTION', 'there is no loss to train on', { where: { field: 'losses' } });
  return rest.reduce((total, term) => add(total, term), first);
}

function metricSums(task: Task, built: BuiltModel, batch: Batch): Record<string, Node> {
  return Object.fromEntries(
    Object.entries(task.metrics).map(([name, term]) => [
      metricOutput(name),
      sum(perRow(`metrics.${name}`, term.metric, term, built, batch)),
    ]),
  );
}

/** Trainable parameters in the order of their paths by code unit, on which no result depends but through this order. */
function trainablesOf(built: BuiltModel): readonly Node<VariableAttributes>[] {
  const trainable = [...built.variables.values()].filter((node) => node.attributes.trainable);
  if (trainable.length === 0)
    throw new LockstepError('BAD_OPTION', 'the model has nothing to train', {
      where: { field: 'model' },
      hint: 'add a layer with weights, such as dense()',
    });
  return trainable.sort((a, b) => byCodeUnit(a.attributes.path, b.attributes.path));
}

/** Mean over the rows, plus the layers' penalties in the order of building, plus the task's own l2 penalty. */
function trainingLoss(
  task: Task,
  built: BuiltModel,
  batch: Batch,
  meanOver: number,
  trainables: readonly Node<VariableAttributes>[],
): Node {
  const mean = mul(sum(rowLoss(task, built, batch)), 1 / meanOver);
  const penalised = built.penalties.reduce((total, penalty) => add(total, penalty), mean);
  const { l2 = 0 } = task;
  const weights = l2 === 0 ? [] : trainables.filter((node) => node.shape.length > 1);
  return weights.reduce((total, weight) => add(total, mul(sum(square(weight)), l2)), penalised);
}

/** Name of the step value that holds one of an optimizer's per-step scalars. */
function optimizerValueName(name: string): string {
  return `optimizer.${name}`;
}

/**
 * The functions that fill the optimizer's step values, by the step value's name.
 *
 * @param totalSteps - of the whole run
 * @param schedule - in place of the optimizer's own
 */
export function optimizerStepValues(
  optimizer: Optimizer,
  totalSteps: number,
  schedule?: Schedule,
): Readonly<Record<string, (step: number) => number>> {
  const values = optimizer.stepValues(totalSteps, schedule);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [optimizerValueName(name), value]));
}

/** What one optimizer makes of the gradients: the updates, and the slots that it keeps. */
function applyOptimizer(
  optimizer: Optimizer,
  trainables: readonly Node<VariableAttributes>[],
  gradients: ReadonlyMap<string, Node>,
): { readonly updates: readonly Update[]; readonly slots: readonly Node<VariableAttributes>[] } {
  const valueNames = Object.keys(optimizer.stepValues(1));
  const values = Object.fromEntries(valueNames.map((name) => [name, stepValue(optimizerValueName(name))]));
  const updates: Update[] = [];
  const kept: Node<VariableAttributes>[] = [];
  for (const parameter of trainables) {
    const { path } = parameter.attributes;
    const gradient = gradients.get(path);
    if (gradient === undefined) continue;
    const slots = Object.fromEntries(
      Object.entries(optimizer.slots).map(([slot, initializer]) => {
        const slotPath = `${optimizer.name}.${slot}.${path}`;
        const initial = initializer(parameter.shape, slotPath);
        return [slot, variable(slotPath, initial, { role: 'optimizer' })];
      }),
    );
    const next = optimizer.update({ parameter, gradient, slots, values, path });
    updates.push({ variable: parameter, value: next.parameter });
    for (const [slot, node] of Object.entries(slots)) {
      updates.push({ variable: node, value: lookUp('new slot', next.slots, slot, { op: optimizer.name }) });
      kept.push(node);
    }
  }
  return { updates, slots: kept };
}

/**
 * One optimizer step on one mini-batch.
 *
 * Outputs: `loss`, the mean over the rows plus penalties, from before the update, which guards it; `metric.<name>`, sums over the
 * rows. Step values: `rows`, the optimizer's ({@link optimizerStepValues}), and where the model draws random numbers
 * `seed.low`, `seed.high` and `step`. Inputs: `<source>.<field>` for every field that is used. Slots of the optimizer have the
 * path `<optimizer>.<slot>.<parameter path>`.
 *
 * @throws LockstepError UNKNOWN_OPTION, BAD_OPTION, SHAPE_MISMATCH or DTYPE_MISMATCH when model, losses, metrics and data do
 *   not fit together; NOT_DIFFERENTIABLE
 */
export function trainGraph(
  task: Task,
  { data, batchSize, source = 'data', meanOver = batchSize }: TrainOptions,
): TrainGraph {
  const batch = batchOf(data, batchSize, source);
  const built = buildOn(task, batch, true);
  const trainables = trainablesOf(built);
  const loss = trainingLoss(task, built, batch, meanOver, trainables);
  const raw = grad(loss, trainables);
  const byPath = new Map(
    trainables.flatMap((node, position) => {
      const gradient = raw[position];
      return gradient === undefined ? [] : [[node.attributes.path, gradient] as const];
    }),
  );
  const { clipping, optimizer } = task;
  const gradients = clipping === undefined ? byPath : clipByGlobalNorm(byPath, clipping.globalNorm).gradients;
  const { updates, slots } = applyOptimizer(optimizer, trainables, gradients);
  return {
    graph: {
      name: 'train',
      outputs: { [lossOutput]: loss, ...metricSums(task, built, batch) },
      updates,
      guard: lossOutput,
    },
    variables: new Map([...built.variables, ...slots.map((slot) => [slot.attributes.path, slot] as const)]),
  };
}

/**
 * Loss and metrics of one mini-batch, with dropout off and nothing changed.
 *
 * Outputs are sums over the rows: `loss`, without penalties, and `metric.<name>`. Add them up over the batches in float64 and
 * divide by the number of rows.
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
 * The model's outputs for one mini-batch, by their names. The data set needs the fields of the model's inputs only.
 *
 * @throws LockstepError UNKNOWN_OPTION or SHAPE_MISMATCH when model and data do not fit together
 */
export function predictGraph(task: Task, { data, batchSize, source = 'data' }: BatchOptions): Graph {
  const built = buildOn(task, batchOf(data, batchSize, source), false);
  return { name: 'predict', outputs: built.outputs, updates: [] };
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
