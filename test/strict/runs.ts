import {
  adamw,
  defineRun,
  dense,
  dropout,
  flatten,
  fromArrays,
  frozen,
  lamb,
  mixup,
  noise,
  type Run,
  rmsprop,
  schedules,
  sequential,
  sgd,
} from '@lockstep/core';
import autoencoder from '../../examples/autoencoder/train.ts';
import customOp from '../../examples/custom-op/train.ts';
import digits from '../../examples/digits/train.ts';
import recommender from '../../examples/recommender/train.ts';
import tabular from '../../examples/tabular/train.ts';
import tanhLayer from '../../examples/tanh-layer/train.ts';
import oneOutput from '../../examples/two-class/oneOutput.ts';
import twoClass from '../../examples/two-class/train.ts';
import xor from '../../examples/xor/train.ts';
import { attentive } from './attentive.ts';
import { layered } from './layered.ts';

/** A run whose bits are known after some numbers of steps. */
export interface GoldenRun {
  readonly run: Run;
  /** Steps that the simulation makes in about a second. */
  readonly simulated: number;
  /** Steps that the interpreter makes in a few seconds. */
  readonly interpreted: number;
}

/** Numbers from 0 to 1 that look random: multiples of the golden ratio, modulo 1. */
const scattered = (length: number, start: number): number[] =>
  Array.from({ length }, (_, at) => ((start + at) * 0.618_033_988_749_895) % 1);

const rows = 170;
const width = 13;

/** 170 rows in mini-batches of 70: two of 24 + 23 + 23 rows, then one of 10 + 10 + 10. */
const everything = defineRun({
  name: 'everything',
  data: {
    train: fromArrays({
      x: { values: Float32Array.from(scattered(rows * width, 1), (value) => 4 * value - 2), shape: [width] },
      y: { values: Int32Array.from(scattered(rows, 7), (value) => Math.floor(5 * value)), classes: 5 },
    }),
    validation: fromArrays({
      x: { values: Float32Array.from(scattered(41 * width, 3), (value) => 4 * value - 2), shape: [width] },
      y: { values: Int32Array.from(scattered(41, 9), (value) => Math.floor(5 * value)), classes: 5 },
    }),
  },
  model: sequential(
    dense(37, { activation: 'relu', kernelInitializer: 'heNormal' }),
    dropout(0.3),
    dense(18, { activation: 'tanh', l2: 0.001 }),
    dropout(0.1),
    dense(5),
  ),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  optimizer: adamw(),
  learningRate: schedules.withWarmup(schedules.cosine({ learningRate: 0.02, minimum: 0.001 }), 4),
  l2: 0.0005,
  clipNorm: 0.5,
  epochs: 8,
  batchSize: 70,
  lanes: 3,
  seed: 42,
});

/** Rows of images with noise, mixed with one another, in mini-batches of 24 and one of 14. */
const augmented = defineRun({
  name: 'augmented',
  data: fromArrays({
    x: { values: Float32Array.from(scattered(110 * 12, 5), (value) => 2 * value - 1), shape: [4, 3] },
    y: { values: Int32Array.from(scattered(110, 11), (value) => Math.floor(3 * value)), classes: 3 },
  }),
  model: sequential(flatten(), dense(20, { activation: 'relu' }), dense(3)),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  augment: [noise({ deviation: 0.2 }), mixup({ alpha: 0.4 })],
  optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
  epochs: 6,
  batchSize: 24,
  lanes: 2,
  seed: 2 ** 40 + 3,
});

/** Several optimizers at once, an average of what they do, and learning rates that a validation brings down. */
const guided = defineRun({
  ...everything.options,
  name: 'guided',
  model: sequential(
    dense(24, { activation: 'tanh' }),
    frozen(dense(16, { activation: 'relu' })),
    dense(12, { activation: 'tanh' }),
    dense(9, { activation: 'tanh' }),
    dense(7, { activation: 'tanh' }),
    dense(6, { activation: 'tanh' }),
    dense(5),
  ),
  optimizer: 'nadam',
  learningRate: schedules.oneCycle({ learningRate: 0.03 }),
  clipNorm: 1,
  parameterGroups: [
    { match: 'layers.0.*', optimizer: lamb(), learningRateFactor: 0.5, weightDecay: 0.05 },
    { match: 'layers.2.*', optimizer: rmsprop({ learningRate: 0.002, centered: true, momentum: 0.5 }) },
    { match: 'layers.3.*', optimizer: 'adagrad' },
    { match: 'layers.4.*', optimizer: 'adadelta' },
    { match: 'layers.5.weight', optimizer: 'adamax' },
    { match: 'layers.5.bias', optimizer: 'lion' },
  ],
  weightAverage: { decay: 0.9 },
  reduceOnPlateau: { factor: 0.5, patience: 1 },
});

/** Runs whose hashes are committed, in `test/golden`. */
export const goldenRuns = {
  autoencoder: { run: autoencoder, simulated: 1, interpreted: 20 },
  'custom-op': { run: customOp, simulated: 5, interpreted: 100 },
  digits: { run: digits, simulated: 1, interpreted: 24 },
  recommender: { run: recommender, simulated: 1, interpreted: 20 },
  'tanh-layer': { run: tanhLayer, simulated: 20, interpreted: 400 },
  'two-class': { run: twoClass, simulated: 30, interpreted: 300 },
  'two-class-one-output': { run: oneOutput, simulated: 30, interpreted: 300 },
  xor: { run: xor, simulated: 200, interpreted: 3000 },
  everything: { run: everything, simulated: 6, interpreted: 24 },
  guided: { run: guided, simulated: 6, interpreted: 24 },
  augmented: { run: augmented, simulated: 5, interpreted: 20 },
  attentive: { run: attentive, simulated: 3, interpreted: 12 },
  layered: { run: layered, simulated: 1, interpreted: 6 },
  tabular: { run: tabular, simulated: 1, interpreted: 38 },
} as const satisfies Readonly<Record<string, GoldenRun>>;

export type GoldenName = keyof typeof goldenRuns;

export const goldenNames = Object.keys(goldenRuns) as readonly GoldenName[];
