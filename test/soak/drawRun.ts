import {
  adam,
  defineRun,
  dense,
  dropout,
  fromArrays,
  type Run,
  type RunOptions,
  sequential,
  sgd,
} from '@lockstep/core';
import type { RandomIntegers } from './randomIntegers.ts';

function dataOf(random: RandomIntegers, rows: number, features: number, classes: number): RunOptions['data'] {
  const x = Float32Array.from({ length: rows * features }, () => random.between(-1000, 1000) / 500);
  const y = Int32Array.from({ length: rows }, () => random.below(classes));
  return {
    train: fromArrays({ x: { values: x, shape: [features] }, y: { values: y, classes } }),
    validation: 0.1,
  };
}

/** A run of a few dozen short steps, with whatever a run can have. */
function small(random: RandomIntegers): Run {
  const classes = random.between(2, 9);
  const hidden = Array.from({ length: random.between(1, 3) }, () =>
    dense(random.between(1, 40), { activation: random.pick(['relu', 'tanh', 'sigmoid']) }),
  );
  const batchSize = random.between(1, 70);
  const clipNorm = random.pick([undefined, 0.5]);
  return defineRun({
    name: 'small',
    data: dataOf(
      random,
      batchSize * random.between(1, 4) + random.between(1, batchSize) + 8,
      random.between(1, 30),
      classes,
    ),
    model: sequential(...hidden, ...random.pick([[], [dropout(0.3)]]), dense(classes)),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
    optimizer: random.pick([adam(), sgd({ momentum: 0.9 })]),
    learningRate: 0.01,
    ...(clipNorm === undefined ? {} : { clipNorm }),
    epochs: random.between(2, 5),
    batchSize,
    lanes: random.between(1, 5),
    seed: random.below(1000),
  });
}

/** Steps of about a millisecond, so that the variables are copied in the middle of an epoch too. */
function long(random: RandomIntegers): Run {
  return defineRun({
    name: 'long',
    data: dataOf(random, 6_000, 64, 10),
    model: sequential(
      dense(256, { activation: 'relu' }),
      dropout(0.2),
      dense(256, { activation: 'relu' }),
      dense(10),
    ),
    loss: 'sparseCategoricalCrossentropy',
    optimizer: adam(),
    learningRate: 0.001,
    epochs: 2,
    batchSize: random.pick([64, 96, 100]),
    seed: random.below(1000),
  });
}

/** One long run in four. */
export function drawRun(random: RandomIntegers): Run {
  return random.below(4) === 0 ? long(random) : small(random);
}
