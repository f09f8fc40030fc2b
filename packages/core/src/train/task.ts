import type { Augmentation } from '../data/augment/index.ts';
import type { Loss } from '../nn/losses/index.ts';
import type { Metric } from '../nn/metrics/index.ts';
import type { Model } from '../nn/model.ts';
import type { Optimizer } from '../optim/index.ts';
import type { OptimizerGroup } from '../optim/parameterGroup.ts';
import type { WeightAverageOptions } from '../optim/weightAverage.ts';

/** One output of the model compared with one field of the data. */
export interface Comparison {
  /** Name of an output of the model. */
  readonly output: string;
  /** Name of a field of the data set. */
  readonly target: string;
  /** Rows with this target are left out: their loss is 0, and no metric counts them. */
  readonly ignoreTarget?: number;
}

export interface LossTerm extends Comparison {
  readonly loss: Loss;
  /** Default 1. */
  readonly weight?: number;
  /** Field with the weight of every row. Default: 1 for all. */
  readonly sampleWeight?: string;
  /** Of each class. Default: 1 for all. */
  readonly classWeights?: readonly number[];
}

export interface MetricTerm extends Comparison {
  readonly metric: Metric;
}

/** What is to be learnt: everything about a training run that decides its graphs, batch size and data apart. */
export interface Task {
  /** Its inputs are named like the fields that they take. */
  readonly model: Model;
  /** The loss of a row is their weighted sum, in this order; that of a mini-batch is the sum over its rows divided by their number. */
  readonly losses: readonly LossTerm[];
  readonly metrics: Readonly<Record<string, MetricTerm>>;
  /** What training changes about its rows, in this order. Default: nothing. */
  readonly augment?: readonly Augmentation[];
  readonly optimizer: Optimizer;
  /** Parameters that are trained in another way; one belongs to the first that matches it. Default: none. */
  readonly groups?: readonly OptimizerGroup[];
  /** Patterns of the paths of parameters that stay as they are: they have no gradient and no optimizer state. Default: none. */
  readonly frozen?: readonly string[];
  /** Keeps a moving average of the trained parameters. Default: none. */
  readonly weightAverage?: Required<WeightAverageOptions>;
  /**
   * Adds l2 times the sum of the squares of every trainable parameter with at least two axes (weights, not biases) to the training
   * loss. Default 0.
   */
  readonly l2?: number;
  /** Scales the gradients of a step down to this common norm. Default: no clipping. */
  readonly clipping?: { readonly globalNorm: number };
}
