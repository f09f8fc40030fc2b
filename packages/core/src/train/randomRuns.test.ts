import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromArrays } from '../data/fromArrays.ts';
import { activations } from '../nn/activations.ts';
import type { Layer } from '../nn/layer.ts';
import { dense, dropout, sequential } from '../nn/layers/index.ts';
import { adadelta } from '../optim/adadelta.ts';
import { adagrad } from '../optim/adagrad.ts';
import { adam } from '../optim/adam.ts';
import { adamax } from '../optim/adamax.ts';
import { adamw } from '../optim/adamw.ts';
import { lamb } from '../optim/lamb.ts';
import { lion } from '../optim/lion.ts';
import { nadam } from '../optim/nadam.ts';
import { radam } from '../optim/radam.ts';
import { rmsprop } from '../optim/rmsprop.ts';
import { sgd } from '../optim/sgd.ts';
import { randomNumbers } from '../runtime/testing/sampleCase.ts';
import { defineRun, type Run } from './defineRun.ts';
import {
  laneSimulations,
  laneWasmExecutors,
  oracle,
  simulations,
  wasmExecutors,
} from './testing/executors.ts';
import { trainedBits } from './testing/trainedBits.ts';

const optimizers = {
  sgd: () => sgd({ learningRate: 0.1 }),
  momentum: () => sgd({ learningRate: 0.05, momentum: 0.9 }),
  nesterov: () => sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }),
  adam: () => adam({ learningRate: 0.01 }),
  adamw: () => adamw({ learningRate: 0.01, weightDecay: 0.1 }),
  adagrad: () => adagrad({ learningRate: 0.05, learningRateDecay: 0.1 }),
  adadelta: () => adadelta({ weightDecay: 0.01 }),
  rmsprop: () => rmsprop({ momentum: 0.5, centered: true, epsilon: 0.01 }),
  adamax: () => adamax({ learningRate: 0.01 }),
  nadam: () => nadam({ learningRate: 0.01 }),
  radam: () => radam({ learningRate: 0.01 }),
  lion: () => lion({ learningRate: 0.005, weightDecay: 0.1 }),
  lamb: () => lamb({ learningRate: 0.01 }),
} as const;

const compiled = { ...wasmExecutors, ...laneWasmExecutors };
const simulated = { ...simulations, ...laneSimulations };

const losses = ['sparseCategoricalCrossentropy', 'meanSquaredError'] as const;

const keysOf = <T extends object>(table: T): (keyof T)[] => Object.keys(table) as (keyof T)[];

const upTo = (max: number, min = 1): fc.Arbitrary<number> => fc.integer({ min, max });

interface Sizes {
  readonly features?: fc.Arbitrary<number>;
  readonly units?: fc.Arbitrary<number>;
  /** Most hidden layers. */
  readonly depth?: number;
  readonly outputs?: fc.Arbitrary<number>;
  readonly batchSize?: fc.Arbitrary<number>;
  readonly lanes?: fc.Arbitrary<number>;
}

const small = upTo(5);

const recipesOf = ({
  features = small,
  units = small,
  depth = 1,
  outputs = small,
  batchSize = small,
  lanes = upTo(9),
}: Sizes) =>
  fc.record({
    features,
    layers: fc.array(
      fc.record({
        units,
        activation: fc.constantFrom(...keysOf(activations)),
        useBias: fc.boolean(),
        dropout: fc.constantFrom(0, 0, 0.3),
        l2: fc.constantFrom(0, 0, 0.01),
      }),
      { maxLength: depth },
    ),
    outputs,
    loss: fc.constantFrom(...losses),
    metrics: fc.boolean(),
    optimizer: fc.constantFrom(...keysOf(optimizers)),
    /** Of the biases. */
    otherOptimizer: fc.option(fc.constantFrom(...keysOf(optimizers)), { nil: undefined }),
    weightAverage: fc.boolean(),
    clipNorm: fc.option(fc.constantFrom(0.1, 100), { nil: undefined }),
    l2: fc.constantFrom(0, 0.001),
    batchSize,
    batches: fc.integer({ min: 1, max: 2 }),
    /** Size of the last mini-batch, as a part of the others'. */
    rest: upTo(99, 0).map((percent) => percent / 100),
    lanes,
    /** Lanes that may be computed at once. */
    lanesAtOnce: upTo(4),
    seed: fc.nat(),
    workers: upTo(9),
    simulation: fc.constantFrom(...keysOf(simulated)),
  });

const usual = recipesOf({
  features: upTo(40),
  units: upTo(40),
  depth: 3,
  outputs: upTo(40),
  batchSize: upTo(70),
});

/** Sums of more than the 512 terms of a chunk, and rows of more than the 8 x 512 terms of its partial sums. */
const chunked = fc.oneof(
  recipesOf({ features: upTo(1100, 500) }),
  recipesOf({ units: upTo(1100, 500) }),
  recipesOf({ batchSize: upTo(1100, 500), lanes: upTo(3) }),
  recipesOf({ outputs: upTo(4300, 4000), features: upTo(2), batchSize: upTo(2), depth: 0 }),
);

type Recipe = typeof usual extends fc.Arbitrary<infer T> ? T : never;

function runOf(recipe: Recipe): Run {
  const { features, outputs, loss, batchSize, batches, rest, clipNorm, otherOptimizer } = recipe;
  const rows = batchSize * batches + Math.floor(rest * batchSize);
  const random = randomNumbers(recipe.seed);
  const x = Float32Array.from({ length: rows * features }, () => 4 * random() - 2);
  const labels = Int32Array.from({ length: rows }, () => Math.floor(random() * outputs));
  const targets = Float32Array.from({ length: rows * outputs }, () => 2 * random() - 1);
  const layers = recipe.layers.flatMap(({ units, dropout: rate, ...options }): Layer[] => [
    dense(units, options),
    ...(rate > 0 ? [dropout(rate)] : []),
  ]);
  return defineRun({
    data: fromArrays({
      x: { values: x, shape: [features] },
      y:
        loss === 'meanSquaredError'
          ? { values: targets, shape: [outputs] }
          : { values: labels, classes: outputs },
    }),
    model: sequential(...layers, dense(outputs)),
    loss,
    ...(recipe.metrics ? { metrics: [loss === 'meanSquaredError' ? 'meanAbsoluteError' : 'accuracy'] } : {}),
    optimizer: optimizers[recipe.optimizer](),
    ...(otherOptimizer && {
      parameterGroups: [
        { match: '**.bias', optimizer: optimizers[otherOptimizer](), learningRateFactor: 0.5 },
      ],
    }),
    ...(recipe.weightAverage ? { weightAverage: { decay: 0.9 } } : {}),
    ...(clipNorm === undefined ? {} : { clipNorm }),
    l2: recipe.l2,
    epochs: 2,
    batchSize,
    lanes: recipe.lanes,
    seed: recipe.seed,
  });
}

/** Runs that are tried; more of them with RANDOM_RUNS=1000, other ones with RANDOM_RUNS_SEED. */
const numRuns = Number(process.env['RANDOM_RUNS'] ?? 4);
const seed = Number(process.env['RANDOM_RUNS_SEED'] ?? 20_260_102);

async function expectBitsOfOracle(recipe: Recipe): Promise<void> {
  const { simulation, workers } = recipe;
  const run = runOf(recipe);
  const marks = [1, run.epochs * Math.ceil(run.train.rows / run.batchSize)];
  const wanted = await trainedBits(run, oracle, 1, marks);
  const microBatch = recipe.lanesAtOnce * Math.ceil(run.batchSize / run.lanes);
  const inParts = defineRun({ ...run.options, microBatch });
  for (const [name, factory] of Object.entries({ ...compiled, [simulation]: simulated[simulation] }))
    expect(await trainedBits(run, factory, workers, marks), name).toEqual(wanted);
  for (const [name, factory] of Object.entries(wasmExecutors))
    expect(await trainedBits(inParts, factory, workers, marks), `${name}, in parts`).toEqual(wanted);
}

it.each([
  ['usual', usual],
  ['chunked', chunked],
] as const)(
  'random networks of %s sizes get the bits of the oracle from every executor',
  { timeout: 60_000 + 2_000 * numRuns },
  async (_, recipes) => {
    await fc.assert(fc.asyncProperty(recipes, expectBitsOfOracle), { seed, numRuns });
  },
);
