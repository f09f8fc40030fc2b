import type { Graph, Update } from '../graph/graph.ts';
import {
  constant,
  isMadeBy,
  stepValue,
  type VariableAttributes,
  variable,
  variableOp,
} from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { add, gather, mul, square, sub } from '../ops/index.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import { lossGradients, lossOutput, type TrainOptions, updatesBy } from './graphs.ts';
import { metricSums } from './metricSums.ts';
import type { ParameterGradient } from './optimizerUpdates.ts';
import type { Task } from './task.ts';

/** A training step in two: who computes a gradient need not be who applies it, and not at once. */
export interface SplitGraphs {
  /** Computes the gradient at the weights that it finds, into variables that are private to who computes it. */
  readonly gradient: Graph;
  /** Applies it to the weights that it finds. Outputs and guard: as those of `trainGraph`. */
  readonly apply: Graph;
}

export interface SplitOptions {
  /**
   * Delay compensation (Zheng et al. 2017, "Asynchronous Stochastic Gradient Descent with Delay Compensation", equation 10): the
   * gradient g of the weights v is taken for one of the weights w by adding `delayCompensation` g g (w - v). Default 0.
   */
  readonly delayCompensation?: number;
  /**
   * Parameters move by a share of what the optimizer would move them by: the step value {@link updateShareName}, which whoever
   * applies a gradient sets. It is as if all learning rates were multiplied by it. Default false.
   */
  readonly hasShare?: boolean;
}

/** Step value of a program that applies gradients; see {@link SplitOptions.hasShare}. */
export const updateShareName = 'update.share';

/** Values that outlive the graph that computes them, each in a variable of its own. */
class Kept {
  readonly updates: Update[] = [];

  /** Stores a value; answers with what reads it in another graph. */
  store(path: string, value: Node): Node<VariableAttributes> {
    const { shape, dtype } = value;
    const zeros = dtype === 'int32' ? new Int32Array(sizeOf(shape)) : new Float32Array(sizeOf(shape));
    // Graphs for different numbers of rows share what has the same shape.
    const name = `${path}:${shape.join('x')}`;
    const slot = variable(name, constant(zeros, { shape, dtype }), { role: 'accumulator' });
    this.updates.push({ variable: slot, value });
    return slot;
  }
}

/**
 * The training step of a mini-batch, cut between its gradients and what becomes of them.
 *
 * Running statistics are computed with the gradient, of those that are found there, and stored when it is applied.
 *
 * @throws LockstepError as `trainGraph`
 */
export function splitTrainGraph(
  task: Task,
  options: TrainOptions,
  { delayCompensation = 0, hasShare = false }: SplitOptions = {},
): SplitGraphs {
  const { loss, batch, built, trainables, gradients } = lossGradients(task, options);
  const kept = new Kept();
  const outputs = Object.entries({ [lossOutput]: loss, ...metricSums(task, built, batch) }).map(
    ([name, node]) => [name, kept.store(`output:${name}`, node)] as const,
  );
  const applied = new Map<string, ParameterGradient>();
  for (const parameter of trainables) {
    const { path } = parameter.attributes;
    const found = gradients.get(path);
    if (found === undefined) continue;
    const rows = found.rows && {
      index: kept.store(`rows:${path}`, found.rows.index),
      first: kept.store(`first:${path}`, found.rows.first),
    };
    let gradient: Node = kept.store(`gradient:${path}`, found.gradient);
    if (delayCompensation !== 0) {
      const read = found.rows ? gather(parameter, found.rows.index) : parameter;
      const before = kept.store(`snapshot:${path}`, read);
      const now = rows ? gather(parameter, rows.index) : parameter;
      gradient = add(gradient, mul(mul(square(gradient), sub(now, before)), delayCompensation));
    }
    applied.set(path, { gradient, ...(rows && { rows }) });
  }
  const statistics = built.updates.map(
    (update): Update => ({
      ...update,
      value: kept.store(`update:${pathOf(update.variable)}`, update.value),
    }),
  );
  const share = hasShare ? stepValue(updateShareName) : undefined;
  return {
    gradient: { name: 'gradient', outputs: {}, updates: kept.updates },
    apply: {
      name: 'train',
      outputs: Object.fromEntries(outputs),
      updates: [...updatesBy(task, trainables, applied, share).updates, ...statistics],
      guard: lossOutput,
    },
  };
}

const pathOf = (node: Node): string => (isMadeBy(node, variableOp) ? node.attributes.path : '');
