import type { Augmentation } from '../data/augment/index.ts';
import type { Dataset } from '../data/dataset.ts';
import type { SplitOptions } from '../data/split.ts';
import type { Layer } from '../nn/layer.ts';
import type { Loss, LossName } from '../nn/losses/index.ts';
import type { Metric, MetricName } from '../nn/metrics/index.ts';
import type { Model } from '../nn/model.ts';
import type {
  LearningRate,
  Optimizer,
  OptimizerName,
  ParameterGroup,
  PathPattern,
  WeightAverageOptions,
} from '../optim/index.ts';
import type { Callback } from './callback.ts';
import type { CheckpointOptions } from './checkpointOptions.ts';
import type { ConvergenceOptions } from './convergence.ts';
import type { EarlyStoppingOptions } from './earlyStopping.ts';
import type { ReduceOnPlateauOptions } from './plateau.ts';
import type { TensorboardOptions } from './tensorboardOptions.ts';

/** Rows to train on and rows to judge by; `stratify` and `groups` say how rows are set aside. */
export interface RunData extends SplitOptions {
  readonly train: Dataset;
  /** A data set of its own, or the part of the training rows to set aside. Default: no validation. */
  readonly validation?: Dataset | number;
  /**
   * Called with the rows to train on once others are set aside, such as `(rows) => standardise(rows, 'features')`: what is learnt
   * there comes from these rows alone. Validation has the same preprocessing.
   */
  readonly prepare?: (train: Dataset) => Dataset;
}

/** One part of the loss of a model with several outputs. */
export interface LossOptions {
  readonly loss: LossName | Loss;
  /** Output of the model; may be left out if there is only one. */
  readonly output?: string;
  /** Field of the data; may be left out if only one is not an input of the model. */
  readonly target?: string;
  /** Default 1. */
  readonly weight?: number;
  /** Default: the run's. */
  readonly sampleWeight?: string;
  /** Default: the run's. */
  readonly classWeights?: ClassWeights;
  /** Default: the run's. */
  readonly ignoreTarget?: number;
}

export interface MetricOptions {
  readonly metric: MetricName | Metric;
  /** As for losses. */
  readonly output?: string;
  readonly target?: string;
  readonly ignoreTarget?: number;
}

/**
 * A weight for each class; or `balanced`: rows / (classes * rows of the class), counted in the training rows, so that every
 * class has the same part in the loss and the weights of the rows have a mean of 1.
 */
export type ClassWeights = readonly number[] | 'balanced';

/** Everything that decides a run. */
export interface RunOptions {
  /** Names the folder that the run is kept in. Default `run`. */
  readonly name?: string;
  readonly data: Dataset | RunData;
  /**
   * A model made by `model()`, whose inputs are named like the fields of the data; or a layer, such as `sequential(...)`,
   * whose input is the field that `input` names.
   */
  readonly model: Model | Layer;
  /** Field that a layer takes. Default: the first field that is not `target`. */
  readonly input?: string;
  /** Field that losses and metrics compare with when they don't say. Default: the only field that is no input. */
  readonly target?: string;
  readonly loss: LossName | Loss | readonly LossOptions[];
  /**
   * Field with a weight, 0 or above, for every row: the loss of a mini-batch is the sum of weight times loss, divided by the
   * number of its rows (not by the sum of the weights). Metrics count every row once. Default: 1 for all.
   */
  readonly sampleWeight?: string;
  /** Weights that the losses of rows are multiplied by, by the class that the target names. Default: 1 for all. */
  readonly classWeights?: ClassWeights;
  /**
   * Rows with this target are left out: their loss is 0 (they still count as rows of the mini-batch), and metrics do not
   * count them. Default: none.
   */
  readonly ignoreTarget?: number;
  /** Names, or what to measure by name. Default: none. */
  readonly metrics?: readonly MetricName[] | Readonly<Record<string, MetricName | Metric | MetricOptions>>;
  /** Default `sgd`. */
  readonly optimizer?: Optimizer | OptimizerName;
  /** In place of the optimizer's own: a number or a schedule. */
  readonly learningRate?: LearningRate;
  /** Parameters that are trained in another way; one belongs to the first group that matches it. */
  readonly parameterGroups?: readonly ParameterGroup<Optimizer | OptimizerName>[];
  /** Paths of parameters that stay as they are: `encoder.**`. The layer `frozen(...)` does the same. */
  readonly frozen?: PathPattern;
  /** Keeps a moving average of the weights. Default: none. */
  readonly weightAverage?: WeightAverageOptions;
  /** Adds l2 times the sum of squares of every weight (not bias) to the training loss. Default 0. */
  readonly l2?: number;
  /** Scales gradients down to this norm, all of them together. Default: no clipping. */
  readonly clipNorm?: number;
  /** Changes the training rows in each epoch: `[noise({ deviation: 0.1 }), mixup()]`, in this order. Default: nothing. */
  readonly augment?: readonly Augmentation[];
  /** Times that every row is used. */
  readonly epochs: number;
  /** Ends the run after so many steps, inside an epoch too; schedules go by `epochs` all the same. Default: no limit. */
  readonly maxSteps?: number;
  /** Rows of a mini-batch. Default 32. */
  readonly batchSize?: number;
  /** Leave out the short mini-batch at the end of an epoch. Default false. */
  readonly dropLast?: boolean;
  /** Take the rows in another order each epoch. Default true. */
  readonly shuffle?: boolean;
  /**
   * Parts that a sum over the mini-batch is made in, up to which a run can be spread over machines with the same bits.
   * Default: a function of the batch size.
   */
  readonly lanes?: number;
  /**
   * Most rows of a training step to compute at once, for a mini-batch whose activations are larger than memory: parts of it
   * are computed one after another, as many whole lanes at a time as fit, and give the bits of the whole mini-batch. Sums of
   * all gradients are kept in between. At least the rows of a lane; the model may do nothing over the mini-batch
   * (`BAD_OPTION`). Default: the whole mini-batch.
   */
  readonly microBatch?: number;
  /** Decides everything that is random: an integer from 0 to 2^53 - 1. Default 0. */
  readonly seed?: number;
  /** `strict` (the default): the same bits on every machine. */
  readonly numerics?: 'strict';
  readonly earlyStopping?: EarlyStoppingOptions;
  /** Stops once the loss does not change any more. */
  readonly convergence?: ConvergenceOptions;
  /** Lowers all learning rates when epochs bring no improvement, whatever the schedule. */
  readonly reduceOnPlateau?: ReduceOnPlateauOptions;
  /**
   * Measure the norms of all trained parameters and of their gradients, in the last whole mini-batch of an epoch and at most in
   * one of 32 steps: a `norms` event tells. No bit of the run changes. Default false; `lockstep train` does unless it is
   * false.
   */
  readonly norms?: boolean;
  readonly callbacks?: readonly Callback[];
  /** How often the state of the run is saved by whoever keeps it: `lockstep train`, or `onSave`. */
  readonly checkpoint?: CheckpointOptions;
  /** What whoever writes event files for TensorBoard writes of the run: `lockstep train`, or `openTensorboard`. */
  readonly tensorboard?: TensorboardOptions;
}
