import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromArrays } from '../data/fromArrays.ts';
import { dense, embedding } from '../nn/layers/index.ts';
import { model } from '../nn/model.ts';
import { add, mean, relu, reshape, square, sub } from '../ops/index.ts';
import { optimizers } from '../optim/index.ts';
import { randomNumbers } from '../runtime/testing/sampleCase.ts';
import { defineRun, type Run } from './defineRun.ts';
import { fit } from './fit.ts';
import {
  laneSimulations,
  laneWasmExecutors,
  oracle,
  simulations,
  wasmExecutors,
} from './testing/executors.ts';
import { trainedBits } from './testing/trainedBits.ts';

const { adadelta, adagrad, adam, adamax, adamw, lion, nadam, rmsprop, sgd } = optimizers;

/** All rules that a row can follow by itself. */
const rules = {
  sgd: sgd({ learningRate: 0.1 }),
  decay: sgd({ learningRate: 0.1, weightDecay: 0.05 }),
  nesterov: sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  adam: adam({ learningRate: 0.01 }),
  adamDecay: adam({ learningRate: 0.01, weightDecay: 0.1 }),
  adamw: adamw({ learningRate: 0.01, weightDecay: 0.1 }),
  adadelta: adadelta(),
  adagrad: adagrad(),
  adamax: adamax(),
  lion: lion(),
  nadam: nadam(),
  rmsprop: rmsprop({ momentum: 0.5, centered: true }),
} as const;

type Rule = keyof typeof rules;

interface Table {
  readonly vocabulary: number;
  readonly features: number;
  /** Ids in a row; 0: a single one, without an axis. */
  readonly ids: number;
  readonly asFloat: boolean;
}

interface Recipe {
  readonly tables: readonly Table[];
  readonly rule: Rule;
  readonly clipNorm: number | undefined;
  readonly batchSize: number;
  /** Size of a second mini-batch, as a part of the first's. */
  readonly rest: number;
  readonly lanes: number;
  readonly seed: number;
  readonly workers: number;
  readonly simulation: keyof typeof simulated;
}

const upTo = (max: number, min = 1): fc.Arbitrary<number> => fc.integer({ min, max });

const simulated = { ...simulations, ...laneSimulations };
const compiled = { ...wasmExecutors, ...laneWasmExecutors };

interface Sizes {
  readonly batchSize: fc.Arbitrary<number>;
  readonly lanes: fc.Arbitrary<number>;
  readonly features: fc.Arbitrary<number>;
  readonly ids: fc.Arbitrary<number>;
}

const recipesOf = ({ batchSize, lanes, features, ids }: Sizes): fc.Arbitrary<Recipe> =>
  fc.record({
    tables: fc.array(fc.record({ vocabulary: upTo(60), features, ids, asFloat: fc.boolean() }), {
      minLength: 1,
      maxLength: 2,
    }),
    rule: fc.constantFrom(...(Object.keys(rules) as Rule[])),
    clipNorm: fc.option(fc.constantFrom(0.01, 100), { nil: undefined }),
    batchSize,
    rest: upTo(99, 0).map((percent) => percent / 100),
    lanes,
    seed: fc.nat(),
    workers: upTo(7),
    simulation: fc.constantFrom(...(Object.keys(simulated) as (keyof typeof simulated)[])),
  });

const nameOf = (table: number): string => `ids${table}`;

/** Tables that are looked up, side by side with each other, on the way to three numbers. */
function runOf(recipe: Recipe, sparse = true): Run {
  const { tables, batchSize, rest, clipNorm } = recipe;
  const rows = batchSize + Math.floor(rest * batchSize);
  const random = randomNumbers(recipe.seed);
  const fields = tables.map(({ vocabulary, ids, asFloat }, table) => {
    const length = rows * Math.max(1, ids);
    // A few ids are named again and again.
    const values = Array.from({ length }, () => Math.floor(vocabulary * random() ** 3));
    const typed = asFloat ? Float32Array.from(values) : Int32Array.from(values);
    return [nameOf(table), { values: typed, shape: ids === 0 ? [] : [ids] }] as const;
  });
  const inputs = tables.map(({ ids, asFloat }, table) => {
    const dtype = asFloat ? ('float32' as const) : ('int32' as const);
    return [nameOf(table), { shape: ids === 0 ? [] : [ids], dtype }] as const;
  });
  return defineRun({
    data: fromArrays({
      ...Object.fromEntries(fields),
      y: { values: Float32Array.from({ length: rows * 3 }, () => 2 * random() - 1), shape: [3] },
    }),
    model: model({
      inputs: Object.fromEntries(inputs),
      build: (nodes, layer) => {
        const parts = tables.flatMap(({ vocabulary, features }, table) => {
          const ids = nodes[nameOf(table)];
          if (ids === undefined) return [];
          const found = layer(`table${table}`, embedding({ vocabulary, features, sparse }))(ids);
          const flat = reshape(found, [found.shape[0] ?? 1, -1], { batchAxis: 0 });
          return [layer(`dense${table}`, dense(3))(relu(flat))];
        });
        return { y: parts.reduce((total, part) => add(total, part)) };
      },
    }),
    target: 'y',
    loss: (output, target) => mean(square(sub(output, target)), { axes: [1] }),
    optimizer: rules[recipe.rule],
    ...(clipNorm === undefined ? {} : { clipNorm }),
    epochs: 2,
    batchSize,
    lanes: recipe.lanes,
    seed: recipe.seed,
  });
}

const numRuns = Number(process.env['RANDOM_RUNS'] ?? 3);
const seed = Number(process.env['RANDOM_RUNS_SEED'] ?? 20_260_103);
const timeout = 60_000 + 2_000 * numRuns;

const usual = recipesOf({ batchSize: upTo(70), lanes: upTo(9), features: upTo(20), ids: upTo(3, 0) });
/** Chains through several chunks of 512 terms, in several lanes. */
const chunked = recipesOf({ batchSize: upTo(1200, 500), lanes: upTo(2), features: upTo(2), ids: upTo(1, 0) });

const marksOf = (run: Run): number[] => [1, run.epochs * Math.ceil(run.train.rows / run.batchSize)];

it.each([
  ['usual', usual, numRuns],
  ['chunked', chunked, Math.ceil(numRuns / 4)],
] as const)(
  'runs with sparse gradients of %s sizes get the bits of the oracle from every executor',
  { timeout },
  async (_, recipes, runs) => {
    await fc.assert(
      fc.asyncProperty(recipes, async (recipe) => {
        const run = runOf(recipe);
        const wanted = await trainedBits(run, oracle, 1, marksOf(run));
        const { simulation } = recipe;
        for (const [name, factory] of Object.entries({ ...compiled, [simulation]: simulated[simulation] }))
          expect(await trainedBits(run, factory, recipe.workers, marksOf(run)), name).toEqual(wanted);
      }),
      { seed, numRuns: runs },
    );
  },
);

it('plain SGD with sparse gradients gives the bits of SGD with dense ones', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(usual, chunked), async (any) => {
      const recipe = { ...any, rule: 'sgd', clipNorm: undefined } as const;
      const marks = marksOf(runOf(recipe));
      const [sparse, whole] = [runOf(recipe), runOf(recipe, false)];
      const bits = await trainedBits(sparse, wasmExecutors['narrow tiles'], recipe.workers, marks);
      expect(bits).toEqual(await trainedBits(whole, wasmExecutors['narrow tiles'], 1, marks));
    }),
    { seed, numRuns },
  );
});

describe.each(Object.entries(rules))('%s', (_, optimizer) => {
  /** Five rows of a table, of which a mini-batch of 8 names those in `named`, some of them twice. */
  const runWith = (sparse: boolean, named: readonly number[]): Run =>
    defineRun({
      data: fromArrays({
        id: Int32Array.from({ length: 24 }, (__, at) => named[at % named.length] ?? 0),
        y: { values: Float32Array.from({ length: 24 * 4 }, (__, at) => ((at * 7) % 13) - 6), shape: [4] },
      }),
      model: model({
        inputs: { id: { shape: [], dtype: 'int32' } },
        build: ({ id }, layer) => ({
          y: layer('table', embedding({ vocabulary: 5, features: 4, sparse }))(id),
        }),
      }),
      loss: 'meanSquaredError',
      optimizer,
      epochs: 3,
      batchSize: 8,
      shuffle: false,
      seed: 3,
    });

  it('gives the bits of dense gradients while every mini-batch names every row', async () => {
    const named = [3, 0, 4, 1, 3, 2, 0, 3];
    const sparse = await fit(runWith(true, named));
    const whole = await fit(runWith(false, named));
    expect([...sparse.variables].sort()).toEqual([...whole.variables].sort());
  });

  it('leaves rows alone that are not named, and treats the others as if these were not there', async () => {
    const { variables } = await fit(runWith(true, [1, 3, 1, 3, 3, 1, 1, 3]));
    const start = await fit(
      defineRun({ ...runWith(true, [1, 3]).options, optimizer: sgd({ learningRate: 0 }) }),
    );
    const rowsOf = (values: ArrayLike<number> | undefined, rows: readonly number[]): number[] =>
      rows.flatMap((row) => Array.from(values ?? []).slice(4 * row, 4 * row + 4));
    const untouched = [0, 2, 4];
    const weights = variables.get('table.weight')?.values;
    const initial = start.variables.get('table.weight')?.values;
    expect(rowsOf(weights, untouched)).toEqual(rowsOf(initial, untouched));
    expect(rowsOf(weights, [1, 3])).not.toEqual(rowsOf(initial, [1, 3]));
    for (const [path, { role, values }] of variables)
      if (role === 'optimizer') {
        const slot = Object.entries(optimizer.slots).find(([name]) => path.includes(`.${name}.`));
        expect(slot, path).toBeDefined();
        expect(new Set(rowsOf(values, untouched)), path).toHaveProperty('size', 1);
      }
  });
});
