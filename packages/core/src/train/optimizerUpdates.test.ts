import { expect, test } from 'vitest';
import { fromArrays } from '../data/fromArrays.ts';
import { dense, frozen, sequential } from '../nn/layers/index.ts';
import { adamw } from '../optim/adamw.ts';
import { schedules } from '../optim/index.ts';
import { sgd } from '../optim/sgd.ts';
import { averagedWeights } from './averagedWeights.ts';
import { defineRun } from './defineRun.ts';
import { evaluate } from './evaluate.ts';
import { fit } from './fit.ts';
import { optimizerStepValues } from './optimizerUpdates.ts';
import { prepareRun } from './prepareRun.ts';
import type { RunOptions } from './runOptions.ts';
import { laneSimulations, oracle, simulations, wasmExecutors } from './testing/executors.ts';
import { trainedBits } from './testing/trainedBits.ts';
import type { Variables } from './variables.ts';

const x = Array.from({ length: 12 }, (_, i) => [(i % 5) / 5 - 0.4, (i % 7) / 7 - 0.3]);
const options: RunOptions = {
  data: fromArrays({ x, y: x.map(([a = 0, b = 0]) => [2 * a - b]) }),
  model: sequential(dense(3, { activation: 'tanh' }), dense(3, { activation: 'tanh' }), dense(1)),
  loss: 'meanSquaredError',
  optimizer: adamw({ learningRate: 0.02 }),
  epochs: 3,
  batchSize: 5,
};

const valuesOf = (variables: Variables, path: string): number[] => [...(variables.get(path)?.values ?? [])];

test('a frozen parameter stays as it is, with no gradient and no state', async () => {
  const initial = (await fit(defineRun({ ...options, maxSteps: 1, learningRate: 0 }))).variables;
  const byPattern = defineRun({ ...options, frozen: 'layers.0.*' });
  const layered = sequential(
    frozen(dense(3, { activation: 'tanh' })),
    dense(3, { activation: 'tanh' }),
    dense(1),
  );
  const byLayer = defineRun({ ...options, model: layered });
  const { variables, weightsHash } = await fit(byPattern);
  expect(valuesOf(variables, 'layers.0.weight')).toEqual(valuesOf(initial, 'layers.0.weight'));
  expect(valuesOf(variables, 'layers.1.weight')).not.toEqual(valuesOf(initial, 'layers.1.weight'));
  expect([...variables.keys()].filter((path) => path.includes('layers.0'))).toEqual([
    'layers.0.weight',
    'layers.0.bias',
  ]);
  expect((await fit(byLayer)).weightsHash).toBe(weightsHash);
  expect(prepareRun(byPattern).plan.start.parameters).toBe(3 * 3 + 3 + 3 + 1);
  expect(prepareRun(byLayer).plan.start.parameters).toBe(3 * 3 + 3 + 3 + 1);
});

test('the first group that matches has the parameter; rates follow that of the run or stay their own', () => {
  const run = defineRun({
    ...options,
    learningRate: schedules.cosine({ learningRate: 0.1 }),
    parameterGroups: [
      { match: 'layers.0.weight', learningRate: 0.5 },
      { match: '**.weight', learningRateFactor: 0.25, weightDecay: 0 },
      { match: ['layers.0.bias', 'layers.1.bias'], optimizer: sgd({ learningRate: 0.7 }) },
      { match: '**.bias', optimizer: 'rmsprop', learningRate: () => 0.125 },
    ],
  });
  const values = optimizerStepValues(run.task, 10, { schedule: run.schedule });
  expect(values['optimizer.decay']?.(5)).toBeCloseTo(1 - 0.05 * 0.01, 15);
  expect(values['optimizer.groups.0.decay']?.(5)).toBe(1 - 0.5 * 0.01);
  expect(values['optimizer.groups.1.decay']?.(5)).toBe(1);
  expect(values['optimizer.groups.2.learningRate']?.(5)).toBe(0.7);
  expect(values['optimizer.groups.3.learningRate']?.(5)).toBe(0.125);
  const paths = prepareRun(run).plan.variables.map(({ path }) => path);
  const slots = ['gradientSum', 'squareSum'];
  expect(paths.filter((path) => path.startsWith('adamw')).sort()).toEqual(
    slots.flatMap((slot) => [0, 1, 2].map((layer) => `adamw.${slot}.layers.${layer}.weight`)),
  );
  expect(paths.filter((path) => path.startsWith('rmsprop'))).toEqual(['rmsprop.squareMean.layers.2.bias']);
});

test('a group that says nothing changes no bit', async () => {
  const { weightsHash } = await fit(defineRun(options));
  const parameterGroups = [{ match: 'layers.1.**', learningRateFactor: 1, weightDecay: 0.01 }];
  expect((await fit(defineRun({ ...options, parameterGroups }))).weightsHash).toBe(weightsHash);
});

test('groups, frozen parameters and averages have the same bits from every executor', async () => {
  const run = defineRun({
    ...options,
    optimizer: 'lamb',
    clipNorm: 0.5,
    frozen: 'layers.1.bias',
    parameterGroups: [
      { match: 'layers.0.*', optimizer: 'lion', weightDecay: 0.1 },
      { match: 'layers.2.weight', optimizer: 'nadam' },
    ],
    weightAverage: { decay: 0.9 },
    lanes: 2,
  });
  const wanted = await trainedBits(run, oracle, 1, [1, 9]);
  const inParts = defineRun({ ...run.options, microBatch: 3 });
  for (const [name, factory] of Object.entries({ ...simulations, ...laneSimulations, ...wasmExecutors }))
    for (const workers of [1, 3]) {
      expect(await trainedBits(run, factory, workers, [1, 9]), name).toEqual(wanted);
      expect(await trainedBits(inParts, factory, workers, [1, 9]), `${name}, in parts`).toEqual(wanted);
    }
});

test('the average of the weights is kept in float32, and is what a run is judged and predicts by', async () => {
  const path = 'layers.0.weight';
  const weightAverage = { decay: 0.75 };
  const steps: Variables[] = [];
  for (const maxSteps of [1, 2, 3, 4])
    steps.push((await fit(defineRun({ ...options, weightAverage, maxSteps }))).variables);
  const start = (await fit(defineRun({ ...options, maxSteps: 1, learningRate: 0 }))).variables;
  let average = valuesOf(start, path);
  for (const [step, variables] of steps.entries()) {
    const share = Math.fround(1 - Math.min(0.75, (2 + step) / (11 + step)));
    const weights = valuesOf(variables, path);
    average = average.map((before, at) =>
      Math.fround(before + Math.fround(Math.fround((weights[at] ?? 0) - before) * share)),
    );
    expect(valuesOf(variables, `average.${path}`)).toEqual(average);
  }

  const data = { train: defineRun(options).train, validation: 0.25 };
  const run = defineRun({ ...options, data, weightAverage });
  const plain = defineRun({ ...options, data });
  const averaged = await fit(run);
  const { weightsHash } = await fit(plain);
  expect(averaged.weightsHash).toBe(weightsHash);
  // The averages in the places of the weights, judged by a run that knows of no averages.
  const swapped = averagedWeights(averaged.variables);
  expect([...swapped.keys()].filter((name) => name.startsWith('average.'))).toEqual([]);
  const { validation } = run;
  if (!validation) throw new Error('there are rows to judge by');
  const judged = await evaluate(plain, swapped, validation);
  expect(averaged.valLoss).toBe(judged.loss);
  expect(await averaged.evaluate(validation)).toEqual(judged);
  const { evaluate: byWeights } = await fit(
    defineRun({ ...options, data, weightAverage: { ...weightAverage, evaluate: false } }),
  );
  expect(await byWeights(validation)).toEqual(await evaluate(plain, averaged.variables, validation));
});

test.each([
  [{ frozen: 'layers.9.*' }, 'UNKNOWN_OPTION', 'run.frozen'],
  [{ frozen: [] }, 'BAD_OPTION', 'run.frozen'],
  [{ frozen: '**' }, 'BAD_OPTION', 'nothing to train'],
  [{ parameterGroups: [{ match: 'layer.0.*' }] }, 'UNKNOWN_OPTION', 'run.parameterGroups.0.match'],
  [{ parameterGroups: [{ match: 7 }] }, 'BAD_OPTION', 'run.parameterGroups.0.match'],
  [{ parameterGroups: [{ match: '**', momentum: 1 }] }, 'UNKNOWN_OPTION', 'run.parameterGroups.0'],
  [{ parameterGroups: [{ match: '**', optimizer: 'admw' }] }, 'UNKNOWN_OPTION', 'Did you mean "adamw"?'],
  [{ weightAverage: { decay: 1 } }, 'BAD_OPTION', 'run.weightAverage.decay'],
])('%j is refused', (changes: object, code, said) => {
  const make = () => prepareRun(defineRun({ ...options, ...changes }));
  expect(make).toThrow(expect.objectContaining({ code, message: expect.stringContaining(said) }));
});

test('an optimizer without weight decay cannot be given one', () => {
  const { decaying: _none, ...own } = sgd();
  const changes = { optimizer: own, parameterGroups: [{ match: '**.bias', weightDecay: 0.1 }] };
  expect(() => defineRun({ ...options, ...changes })).toThrow('run.parameterGroups.0.weightDecay');
});
