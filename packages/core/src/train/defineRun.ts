import { defaultLanes } from '../compile/lanes.ts';
import type { Dataset } from '../data/dataset.ts';
import { trainValidationSplit } from '../data/split.ts';
import type { Schedule } from '../optim/index.ts';
import { learningRateRule, toSchedule } from '../optim/learningRate.ts';
import { patternRule } from '../optim/parameterGroup.ts';
import {
  anyNumber,
  checkOptions,
  either,
  flag,
  nameOrFunction,
  nonNegative,
  nonNegativeInteger,
  type OptionRule,
  object,
  positive,
  positiveInteger,
  required,
} from '../options.ts';
import type { Callback } from './callback.ts';
import { type CheckpointOptions, checkCheckpoint } from './checkpointOptions.ts';
import { classWeightsRule } from './classWeights.ts';
import type { ConvergenceOptions } from './convergence.ts';
import { defineTask } from './defineTask.ts';
import type { EarlyStoppingOptions } from './earlyStopping.ts';
import { checkGuidance } from './guidanceRules.ts';
import { checkMicroBatch } from './microSteps.ts';
import type { ReduceOnPlateauOptions } from './plateau.ts';
import type { RunData, RunOptions } from './runOptions.ts';
import type { Task } from './task.ts';
import { checkTensorboard, type TensorboardOptions } from './tensorboardOptions.ts';

/** A run with every default filled in, made by {@link defineRun}. */
export interface Run {
  readonly kind: 'run';
  /** What it was made of, for making it again with changes. */
  readonly options: RunOptions;
  readonly name: string;
  readonly task: Task;
  readonly train: Dataset;
  readonly validation?: Dataset;
  readonly schedule: Schedule;
  readonly epochs: number;
  readonly maxSteps?: number;
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly shuffle: boolean;
  readonly lanes: number;
  readonly microBatch?: number;
  readonly seed: number;
  readonly numerics: 'strict';
  readonly earlyStopping?: EarlyStoppingOptions;
  readonly convergence?: ConvergenceOptions;
  readonly reduceOnPlateau?: ReduceOnPlateauOptions;
  readonly norms: boolean;
  readonly callbacks: readonly Callback[];
  readonly checkpoint?: CheckpointOptions;
  readonly tensorboard?: TensorboardOptions;
}

const text: OptionRule = { wanted: 'a text', holds: (value) => typeof value === 'string' && value !== '' };
const folderName: OptionRule = {
  wanted: 'letters, digits, dots, _ and -',
  holds: (value) => typeof value === 'string' && /^[\w.-]+$/.test(value) && !/^\.+$/.test(value),
};
const modelOrLayer: OptionRule = {
  wanted: 'a model or a layer, such as sequential(dense(10))',
  holds: (value) =>
    typeof value === 'object' && value !== null && 'build' in value && typeof value.build === 'function',
};
const augmentations: OptionRule = {
  wanted: 'a list of augmentations, such as noise({ deviation: 0.1 })',
  holds: (value) =>
    Array.isArray(value) &&
    value.every((each) => typeof each === 'object' && each !== null && typeof each.augment === 'function'),
};
const list: OptionRule = { wanted: 'a list', holds: (value) => Array.isArray(value) };

const runRules = {
  name: folderName,
  data: required(object('a data set such as readCsv(...) answers with, or { train, validation }')),
  model: required(modelOrLayer),
  input: text,
  target: text,
  loss: required(either(nameOrFunction, list)),
  sampleWeight: text,
  classWeights: classWeightsRule,
  ignoreTarget: anyNumber,
  metrics: object('a list of names, or an object'),
  optimizer: either(text, object('an optimizer such as sgd({ learningRate: 0.1 })')),
  learningRate: learningRateRule,
  parameterGroups: list,
  frozen: patternRule,
  weightAverage: object('an object'),
  l2: nonNegative,
  clipNorm: positive,
  augment: augmentations,
  epochs: required(positiveInteger),
  maxSteps: positiveInteger,
  batchSize: positiveInteger,
  dropLast: flag,
  shuffle: flag,
  lanes: positiveInteger,
  microBatch: positiveInteger,
  seed: nonNegativeInteger,
  numerics: { wanted: '"strict"', holds: (value: unknown) => value === 'strict' },
  earlyStopping: object('an object'),
  convergence: object('an object'),
  reduceOnPlateau: object('an object'),
  norms: flag,
  callbacks: list,
  checkpoint: object('an object'),
  tensorboard: object('an object'),
} as const satisfies Record<keyof RunOptions, OptionRule>;

const fraction: OptionRule = {
  wanted: 'a data set, or a number above 0 and below 1',
  holds: (value) => (typeof value === 'number' ? value > 0 && value < 1 : typeof value === 'object'),
};

function isDataset(data: Dataset | RunData): data is Dataset {
  return 'fields' in data;
}

/** The rows to train on, and those to judge by with the preprocessing of the rows to train on. */
function splitData(data: Dataset | RunData, seed: number): { train: Dataset; validation?: Dataset } {
  if (isDataset(data)) return { train: data };
  checkOptions('run.data', data, {
    train: required(object('a data set')),
    validation: fraction,
    stratify: text,
    groups: text,
    prepare: { wanted: 'a function of a data set', holds: (value) => typeof value === 'function' },
  });
  const { train, validation, stratify, groups, prepare = (rows: Dataset) => rows } = data;
  if (validation === undefined) return { train: prepare(train) };
  if (typeof validation !== 'number') return { train: prepare(train), validation };
  const split = trainValidationSplit(train, validation, seed, {
    ...(stratify === undefined ? {} : { stratify }),
    ...(groups === undefined ? {} : { groups }),
  });
  return { ...split, train: prepare(split.train) };
}

/**
 * Defines a run; the default export of a run file.
 *
 * ```ts
 * export default defineRun({
 *   data: { train: readCsv('digits.csv', { target: -1, classes: 10 }), validation: 0.2 },
 *   model: sequential(dense(64, { activation: 'relu' }), dense(10)),
 *   loss: 'sparseCategoricalCrossentropy',
 *   metrics: ['accuracy'],
 *   optimizer: adam({ learningRate: 0.001 }),
 *   epochs: 20,
 * });
 * ```
 *
 * @throws LockstepError UNKNOWN_OPTION or BAD_OPTION naming the field (`run.batchSize`); SHAPE_MISMATCH,
 * DTYPE_MISMATCH or LABEL_OUT_OF_RANGE when model, losses and data do not fit together
 */
export function defineRun(options: RunOptions): Run {
  checkOptions('run', options, runRules);
  checkGuidance(options);
  if (options.checkpoint !== undefined) checkCheckpoint(options.checkpoint);
  if (options.tensorboard !== undefined) checkTensorboard(options.tensorboard);
  const { batchSize = 32, seed = 0, earlyStopping, convergence, reduceOnPlateau, microBatch } = options;
  const { train, validation } = splitData(options.data, seed);
  const rows = Math.min(batchSize, train.rows);
  const lanes = options.lanes ?? defaultLanes(rows);
  if (microBatch !== undefined) checkMicroBatch(rows, lanes, microBatch);
  const task = defineTask(options, train, validation);
  return {
    kind: 'run',
    options,
    name: options.name ?? 'run',
    task,
    train,
    ...(validation === undefined ? {} : { validation }),
    schedule: options.learningRate === undefined ? task.optimizer.schedule : toSchedule(options.learningRate),
    epochs: options.epochs,
    ...(options.maxSteps === undefined ? {} : { maxSteps: options.maxSteps }),
    batchSize: rows,
    dropLast: options.dropLast ?? false,
    shuffle: options.shuffle ?? true,
    lanes,
    ...(microBatch === undefined ? {} : { microBatch }),
    seed,
    numerics: 'strict',
    ...(earlyStopping && { earlyStopping }),
    ...(convergence && { convergence }),
    ...(reduceOnPlateau && { reduceOnPlateau }),
    norms: options.norms ?? false,
    callbacks: options.callbacks ?? [],
    ...(options.checkpoint && { checkpoint: options.checkpoint }),
    ...(options.tensorboard && { tensorboard: options.tensorboard }),
  };
}
