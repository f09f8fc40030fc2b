import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { grad } from '../packages/core/src/autodiff/grad.ts';
import { fromArrays } from '../packages/core/src/data/index.ts';
import { constant, input } from '../packages/core/src/graph/leaves.ts';
import type { Initializer } from '../packages/core/src/nn/initializers/index.ts';
import { batchNorm, dense, layerNorm, sequential, tanh } from '../packages/core/src/nn/layers/index.ts';
import {
  categoricalCrossentropy,
  huber,
  type Loss,
  losses,
  sparseCategoricalCrossentropy,
} from '../packages/core/src/nn/losses/index.ts';
import { sum } from '../packages/core/src/ops/index.ts';
import { runOnce } from '../packages/core/src/runtime/testing/runOnce.ts';
import { defineRun } from '../packages/core/src/train/defineRun.ts';
import { fit } from '../packages/core/src/train/fit.ts';

type Numbers = readonly number[];

/** What `make_layers.py` writes. */
interface Fixture {
  readonly trained: {
    readonly x: Numbers;
    readonly t: Numbers;
    readonly initial: Readonly<Record<string, Numbers>>;
    readonly final: Readonly<Record<string, Numbers>>;
    readonly predictions: Numbers;
  };
  readonly losses: readonly {
    readonly name: string;
    readonly options: { readonly delta?: number; readonly labelSmoothing?: number };
    readonly shape: Numbers;
    readonly output: Numbers;
    readonly target: Numbers;
    readonly targetShape: Numbers;
    readonly labels: boolean;
    readonly rows: Numbers;
    readonly gradient: Numbers;
  }[];
}

const file = new URL('fixtures/layers/layers.json', import.meta.url);
const { trained, losses: lossFixtures }: Fixture = JSON.parse(readFileSync(file, 'utf8'));
const close = (values: Numbers): unknown => values.map((value) => expect.closeTo(value, 9));

test('twelve steps with batch and layer norm end where PyTorch ends, running statistics and predictions included', async () => {
  const given: Initializer = (shape, path) => constant(trained.initial[path] ?? [], { shape });
  const norms = { gammaInitializer: given, betaInitializer: given };
  const layers = { kernelInitializer: given, biasInitializer: given };
  const data = fromArrays({
    x: { values: Float32Array.from(trained.x), shape: [5] },
    t: { values: Float32Array.from(trained.t), shape: [3] },
  });
  const run = defineRun({
    data,
    input: 'x',
    target: 't',
    model: sequential(dense(6, layers), batchNorm(norms), tanh(), layerNorm(norms), dense(3, layers)),
    loss: 'meanSquaredError',
    learningRate: 0.1,
    epochs: 4,
    batchSize: 8,
    shuffle: false,
  });
  const { variables, predict } = await fit(run, { executor: 'float64' });
  for (const [path, values] of Object.entries(trained.final))
    expect(Array.from(variables.get(path)?.values ?? []), path).toEqual(close(values));
  const { output } = await predict(data);
  expect(Array.from(output?.values ?? [])).toEqual(close(trained.predictions));
});

/** Our loss of a fixture. */
function toLoss({ name, options }: Fixture['losses'][number]): Loss {
  const made: Readonly<Record<string, Loss>> = {
    ...losses,
    huber: huber(name === 'huber' ? options : {}),
    categoricalCrossentropy: categoricalCrossentropy(name === 'categoricalCrossentropy' ? options : {}),
    sparseCategoricalCrossentropy: sparseCategoricalCrossentropy(
      name === 'sparseCategoricalCrossentropy' ? options : {},
    ),
  };
  return made[name] ?? expect.unreachable(`there is no loss ${name}`);
}

test.each(lossFixtures)('$name and its gradient are those of PyTorch', (fixture) => {
  const { shape, targetShape, labels, output, target, rows, gradient } = fixture;
  const x = input('output', { shape, batchAxis: 0 });
  const t = input('target', { shape: targetShape, batchAxis: 0, dtype: labels ? 'int32' : 'float32' });
  const perRow = toLoss(fixture)(x, t);
  const [slope = x] = grad(sum(perRow), [x]);
  const got = runOnce(
    { perRow, slope },
    { output, target },
    { precision: 'float64', batchSize: shape[0] ?? 1 },
  );
  expect(got.perRow).toEqual(close(rows));
  expect(got.slope).toEqual(close(gradient));
});
