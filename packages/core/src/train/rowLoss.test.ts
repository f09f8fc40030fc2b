import { expect, test } from 'vitest';
import { fromArrays, rescale } from '../data/index.ts';
import { dense, sequential } from '../nn/layers/index.ts';
import { defineRun } from './defineRun.ts';
import { evaluate } from './evaluate.ts';
import { fit } from './fit.ts';
import type { RunOptions } from './runOptions.ts';

const labels = [0, 2, 1, 2, 2, 0, 2];
const weight = [1, 0.5, 0, 2, 1, 3, 0.25];
const x = labels.map((_, row) => [row / 4 - 1, (row * 3) % 5]);
const data = fromArrays({
  x,
  label: { values: labels, classes: 3 },
  weight,
});

const base: RunOptions = {
  data,
  model: sequential(dense(3)),
  target: 'label',
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  epochs: 1,
  batchSize: 3,
  shuffle: false,
  learningRate: 0,
  seed: 5,
};

/** Loss of every row, with the weights that the run starts (and, at a rate of 0, ends) with. */
async function rowLosses(): Promise<{ losses: number[]; hits: boolean[] }> {
  const { variables } = await fit(defineRun(base), { executor: 'float64' });
  const kernel = variables.get('layers.0.weight')?.values ?? [];
  const logits = x.map(([a = 0, b = 0]) =>
    [0, 1, 2].map((at) => a * (kernel[at] ?? 0) + b * (kernel[3 + at] ?? 0)),
  );
  const losses = logits.map((row, at) => {
    const total = row.reduce((sum, z) => sum + Math.exp(z), 0);
    return Math.log(total) - (row[labels[at] ?? 0] ?? 0);
  });
  const hits = logits.map((row, at) => row.indexOf(Math.max(...row)) === labels[at]);
  return { losses, hits };
}

const { losses, hits } = await rowLosses();
const total = (factor: (row: number) => number): number =>
  losses.reduce((sum, loss, row) => sum + factor(row) * loss, 0);

async function lossOf(options: Partial<RunOptions>): Promise<number> {
  const run = defineRun({ ...base, ...options });
  const result = await fit(run, { executor: 'float64' });
  const evaluation = await evaluate(run, result.variables, data, { executor: 'float64' });
  expect(evaluation.loss).toBeCloseTo(result.loss, 12);
  return result.loss;
}

test('the loss is the sum of weight times loss, divided by the number of rows', async () => {
  expect(await lossOf({})).toBeCloseTo(total(() => 1) / 7, 12);
  expect(await lossOf({ sampleWeight: 'weight' })).toBeCloseTo(total((row) => weight[row] ?? 0) / 7, 12);
  const classWeights = [0.5, 3, 1.25];
  const ofClass = (row: number): number => classWeights[labels[row] ?? 0] ?? 0;
  expect(await lossOf({ classWeights })).toBeCloseTo(total(ofClass) / 7, 12);
  expect(await lossOf({ classWeights, sampleWeight: 'weight' })).toBeCloseTo(
    total((row) => ofClass(row) * (weight[row] ?? 0)) / 7,
    12,
  );
});

test('balanced weights give every class the same part', async () => {
  const balanced = [7 / 6, 7 / 3, 7 / 12].map(Math.fround);
  expect(await lossOf({ classWeights: 'balanced' })).toBeCloseTo(
    total((row) => balanced[labels[row] ?? 0] ?? 0) / 7,
    12,
  );
});

test('rows with the target to ignore count in no loss and no metric, and give no gradient', async () => {
  const kept = (row: number): number => (labels[row] === 2 ? 0 : 1);
  const run = defineRun({ ...base, ignoreTarget: 2 });
  const result = await fit(run, { executor: 'float64' });
  expect(result.loss).toBeCloseTo(total(kept) / 7, 12);
  const right = hits.filter((hit, row) => hit && kept(row) === 1).length;
  expect(result.metrics['accuracy']).toBeCloseTo(right / 3, 12);
  const judged = await evaluate(run, result.variables, data, { executor: 'float64' });
  expect(judged.metrics['accuracy']).toBeCloseTo(right / 3, 12);

  // Whatever the ignored rows hold, the step is the same; labels that no class has may be ignored too.
  const train = async (first: number, ignored: number) => {
    const changed = fromArrays({
      x: x.map((row, at) => (labels[at] === 2 ? [first, -first] : row)),
      label: Int32Array.from(labels, (label) => (label === 2 ? ignored : label)),
    });
    const options = { ...base, data: changed, ignoreTarget: ignored, learningRate: 0.5, epochs: 2 };
    return (await fit(defineRun(options))).weightsHash;
  };
  expect(await train(1, -1)).toBe(await train(3e38, -100));
});

test('terms have weights and targets to ignore of their own', async () => {
  const loss = [
    { loss: 'sparseCategoricalCrossentropy', sampleWeight: 'weight', weight: 2 },
    { loss: 'sparseCategoricalCrossentropy', classWeights: [1, 2, 3], ignoreTarget: 0 },
  ] as const;
  const factor = (row: number): number => {
    const label = labels[row] ?? 0;
    return 2 * (weight[row] ?? 0) + (label === 0 ? 0 : label + 1);
  };
  expect(await lossOf({ loss })).toBeCloseTo(total(factor) / 7, 12);
});

test('weights are found by class in one-hot targets and in yes-or-no answers', async () => {
  const oneHot = fromArrays({ x, y: labels.map((label) => [0, 1, 2].map((at) => (at === label ? 1 : 0))) });
  const { loss } = await fit(
    defineRun({
      ...base,
      data: oneHot,
      target: 'y',
      loss: 'categoricalCrossentropy',
      classWeights: 'balanced',
    }),
    { executor: 'float64' },
  );
  const balanced = [7 / 6, 7 / 3, 7 / 12].map(Math.fround);
  expect(loss).toBeCloseTo(total((row) => balanced[labels[row] ?? 0] ?? 0) / 7, 12);

  const answers = [1, 0, 0, 0, 1, 0, 0];
  const weighted = (classWeights: readonly number[] | 'balanced') =>
    fit(
      defineRun({
        ...base,
        data: fromArrays({ x, y: answers.map((y) => [y]) }),
        target: 'y',
        model: sequential(dense(1, { kernelInitializer: 'zeros' })),
        loss: 'binaryCrossentropy',
        metrics: [],
        classWeights,
      }),
      { executor: 'float64' },
    );
  expect((await weighted([1, 10])).loss).toBeCloseTo((Math.log(2) * (5 + 20)) / 7, 12);
  // The weights are float32 numbers.
  expect((await weighted('balanced')).loss).toBeCloseTo(Math.log(2), 7);
});

test('yes-or-no answers as numbers are balanced too, without those that are ignored', async () => {
  const y = [1, 0, 0, 0, -1, -1, 0];
  const { loss } = await fit(
    defineRun({
      ...base,
      data: fromArrays({ x, y: y.map((answer) => [answer]) }),
      target: 'y',
      model: sequential(dense(1, { kernelInitializer: 'zeros' })),
      loss: 'binaryCrossentropy',
      metrics: [],
      classWeights: 'balanced',
      ignoreTarget: -1,
    }),
    { executor: 'float64' },
  );
  expect(loss).toBeCloseTo((Math.log(2) * 5) / 7, 7);
});

test('a mini-batch in parts gives the bits of the whole', async () => {
  const seen = async (more: Partial<RunOptions>) => {
    const run = defineRun({
      ...base,
      sampleWeight: 'weight',
      classWeights: 'balanced',
      ignoreTarget: 0,
      metrics: ['accuracy', 'f1', 'confusionMatrix'],
      learningRate: 0.1,
      batchSize: 6,
      lanes: 3,
      ...more,
    });
    const { weightsHash, metrics, tables } = await fit(run);
    return { weightsHash, metrics, tables };
  };
  const whole = await seen({});
  expect(whole.tables?.['confusionMatrix']?.flat().reduce((a, b) => a + b, 0)).toBe(5);
  expect(await seen({ microBatch: 2 })).toEqual(whole);
});

test.each<[string, Partial<RunOptions>]>([
  ['run.loss.classWeights', { classWeights: [1, 2] }],
  ['run.classWeights', { classWeights: [1, -2, 1] }],
  [
    'data.weight',
    {
      data: fromArrays({ x, label: { values: labels, classes: 3 }, weight: weight.map((w) => -w) }),
      sampleWeight: 'weight',
    },
  ],
  ['no field "wieght"', { sampleWeight: 'wieght' }],
  [
    'cannot be ignored',
    {
      data: rescale(data, 'weight', { scale: 2 }),
      input: 'x',
      target: 'weight',
      loss: 'meanSquaredError',
      metrics: [],
      model: sequential(dense(1)),
      ignoreTarget: 1,
    },
  ],
])('%s is refused', (named, options) => {
  expect(() => defineRun({ ...base, ...options })).toThrow(named);
});
