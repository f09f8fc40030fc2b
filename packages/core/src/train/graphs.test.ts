import { expect, test } from 'vitest';
import { fromArrays } from '../data/index.ts';
import { type Graph, rootsOf, topologicalOrder } from '../graph/graph.ts';
import { inputOp, isMadeBy, stepValueOp } from '../graph/leaves.ts';
import type { Layer } from '../nn/layer.ts';
import { dense, dropout, sequential, tanh } from '../nn/layers/index.ts';
import { losses } from '../nn/losses/index.ts';
import { metrics } from '../nn/metrics/index.ts';
import { type InputType, modelOfLayer } from '../nn/model.ts';
import { sum } from '../ops/index.ts';
import { optimizers } from '../optim/index.ts';
import { runOnce } from '../runtime/testing/runOnce.ts';
import { batchOf } from './batch.ts';
import { evaluateGraph, initialGraph, predictGraph, trainGraph } from './graphs.ts';
import { optimizerStepValues } from './optimizerUpdates.ts';
import type { LossTerm, Task } from './task.ts';

/** Bytes 0 to 255 scaled to 0 to 1, an unused field, a number and a label for each of 4 rows. */
const data = fromArrays({
  image: {
    values: Uint8Array.of(0, 51, 102, 153, 204, 255, 0, 255),
    shape: [2],
    preprocessing: { offset: [0], scale: [1 / 255] },
  },
  unused: [1, 2, 3, 4],
  y: [0.5, 1.5, -0.5, 2],
  label: { values: [0, 1, 1, 0], classes: 2 },
});
const values = {
  'data.image': [0, 51, 102, 153, 204, 255, 0, 255],
  'data.y': [0.5, 1.5, -0.5, 2],
  'data.label': [0, 1, 1, 0],
};
const rows = [2, 0, 3];
const images = [0.8, 1, 0, 0.2, 0, 1];
const image: InputType = { shape: [2] };
const options = { data, batchSize: 3 };
const float64 = { precision: 'float64', batchSize: 3 } as const;

function regression(layer: Layer, more: Partial<Task> = {}): Task {
  return {
    model: modelOfLayer(layer, 'image', image),
    losses: [{ output: 'output', target: 'y', loss: losses.meanSquaredError }],
    metrics: {},
    optimizer: optimizers.sgd({ learningRate: 0.1 }),
    ...more,
  };
}

const weights = { weight: [1, 2], bias: [0.25] };
/** What the dense layer with these weights says of the rows, and the squared errors. */
const said = [0, 1, 2].map((row) => (images[2 * row] ?? 0) + 2 * (images[2 * row + 1] ?? 0) + 0.25);
const targets = [-0.5, 0.5, 2];
const squares = said.map((value, row) => (value - (targets[row] ?? 0)) ** 2);
const total = squares.reduce((a, b) => a + b);

function namesIn(graph: Graph): { inputs: string[]; stepValues: string[] } {
  const nodes = topologicalOrder(rootsOf(graph));
  return {
    inputs: nodes.flatMap((node) => (isMadeBy(node, inputOp) ? [node.attributes.name] : [])),
    stepValues: nodes.flatMap((node) => (isMadeBy(node, stepValueOp) ? [node.attributes.name] : [])),
  };
}

test('a batch is gathered from the resident rows and preprocessed; labels stay integers', () => {
  const batch = batchOf(data, 3, 'data');
  const nodes = {
    image: batch.input('image', image),
    bytes: batch.input('image', { ...image, dtype: 'uint8' }),
    y: batch.target('y'),
    label: batch.target('label'),
  };
  expect(nodes.image).toMatchObject({ shape: [3, 2], dtype: 'float32', batchAxis: 0 });
  expect(nodes.bytes).toMatchObject({ shape: [3, 2], dtype: 'uint8', batchAxis: 0 });
  expect(nodes.label).toMatchObject({ shape: [3], dtype: 'int32', batchAxis: 0 });
  const result = runOnce(nodes, { ...values, rows }, { batchSize: 3 });
  const scaled = [204, 255, 0, 51, 0, 255].map((byte) => Math.fround(byte * Math.fround(1 / 255)));
  expect(result.image).toEqual(scaled);
  expect(result.bytes).toEqual([204, 255, 0, 51, 0, 255]);
  expect(result.y).toEqual([-0.5, 0.5, 2]);
  expect(result.label).toEqual([1, 0, 0]);
});

test('preprocessing is (x - offset) scale, feature by feature', () => {
  const raw = fromArrays({
    x: {
      values: [
        [1, 10],
        [2, 20],
      ],
      preprocessing: { offset: [1, 15], scale: [2, 0.1] },
    },
  });
  const x = batchOf(raw, 2, 'data').input('x', { shape: [2] });
  const wanted = [0, -0.5, 2, 0.5].map((value) => expect.closeTo(value, 6));
  expect(runOnce({ x }, { 'data.x': [1, 10, 2, 20], rows: [0, 1] }, { batchSize: 2 }).x).toEqual(wanted);
});

test('the training loss is the mean over the rows, metrics are sums, and the update is one of SGD', () => {
  const task = regression(dense(1), {
    metrics: { error: { output: 'output', target: 'y', metric: metrics.meanAbsoluteError } },
  });
  const { graph } = trainGraph(task, options);
  expect(graph.guard).toBe('loss');
  const [biasUpdate, weightUpdate] = graph.updates;
  const updates = { bias: biasUpdate?.value, weight: weightUpdate?.value };
  if (!updates.bias || !updates.weight) throw new Error('two updates expected');
  const result = runOnce(
    { ...graph.outputs, bias: updates.bias, weight: updates.weight },
    { ...values, ...weights, rows, 'optimizer.learningRate': [0.1] },
    float64,
  ) as Record<string, readonly number[]>;
  const differences = said.map((value, row) => value - (targets[row] ?? 0));
  const gradientOf = (feature: (row: number) => number): number =>
    differences.reduce((sumSoFar, difference, row) => sumSoFar + (2 / 3) * difference * feature(row), 0);
  expect(result['loss']?.[0]).toBeCloseTo(total / 3, 12);
  expect(result['metric.error']?.[0]).toBeCloseTo(
    differences.reduce((sumSoFar, difference) => sumSoFar + Math.abs(difference), 0),
    12,
  );
  expect(result['bias']?.[0]).toBeCloseTo(0.25 - 0.1 * gradientOf(() => 1), 12);
  expect(result['weight']?.[0]).toBeCloseTo(1 - 0.1 * gradientOf((row) => images[2 * row] ?? 0), 12);
  expect(result['weight']?.[1]).toBeCloseTo(2 - 0.1 * gradientOf((row) => images[2 * row + 1] ?? 0), 12);
});

test('weighted losses add up, penalties count in training only', () => {
  const task = regression(dense(1, { l2: 0.5 }), {
    losses: [
      { output: 'output', target: 'y', loss: losses.meanSquaredError, weight: 0.25 },
      { output: 'output', target: 'label', loss: losses.meanSquaredError },
    ],
    l2: 0.1,
  });
  const labels = [1, 0, 0];
  const labelSquares = said.reduce((s, value, row) => s + (value - (labels[row] ?? 0)) ** 2, 0);
  const perRows = 0.25 * total + labelSquares;
  const given = { ...values, ...weights, rows };
  const loss = (graph: Graph): number | undefined => runOnce(graph.outputs, given, float64)['loss']?.[0];
  expect(loss(trainGraph(task, options).graph)).toBeCloseTo(perRows / 3 + 0.6 * (1 + 4), 12);
  expect(loss(evaluateGraph(task, options))).toBeCloseTo(perRows, 12);
});

test('evaluation and prediction change nothing, and dropout is off', () => {
  const task = regression(sequential(dropout(0.5), dense(1)));
  const given = { ...values, 'layers.1.weight': weights.weight, 'layers.1.bias': weights.bias, rows };
  const evaluation = evaluateGraph(task, options);
  const prediction = predictGraph(task, options);
  expect([...evaluation.updates, ...prediction.updates]).toEqual([]);
  expect(runOnce(evaluation.outputs, given, float64)['loss']?.[0]).toBeCloseTo(total, 12);
  const output = runOnce(prediction.outputs, given, float64)['output'];
  expect(output).toEqual(said.map((value) => expect.closeTo(value, 12)));
  expect(namesIn(evaluation)).toEqual({ inputs: ['data.image', 'data.y'], stepValues: ['rows'] });
  expect(namesIn(trainGraph(task, options).graph).stepValues).toContain('seed.low');
});

test('variables are the parameters and the slots of the optimizer; what is random is keyed by paths', () => {
  const optimizer = optimizers.adamw();
  const task = regression(sequential(tanh(), dense(1)), { optimizer });
  const { graph, variables } = trainGraph(task, options);
  expect([...variables.keys()].sort()).toEqual([
    'adamw.gradientSum.layers.1.bias',
    'adamw.gradientSum.layers.1.weight',
    'adamw.squareSum.layers.1.bias',
    'adamw.squareSum.layers.1.weight',
    'layers.1.bias',
    'layers.1.weight',
  ]);
  expect(variables.get('adamw.squareSum.layers.1.bias')?.attributes).toMatchObject({
    role: 'optimizer',
    trainable: false,
  });
  const stepNames = Object.keys(optimizerStepValues(task, 10));
  expect(stepNames).toEqual(['optimizer.stepSize', 'optimizer.epsilon', 'optimizer.decay']);
  expect(namesIn(graph).stepValues).toEqual(expect.arrayContaining(stepNames));
  const initial = initialGraph(variables.values());
  expect(initial.updates.map(({ variable }) => variable)).toEqual([...variables.values()]);
  expect(namesIn(initial).inputs).toEqual([]);
});

test('data sets live side by side under different names', () => {
  const graph = evaluateGraph(regression(dense(1)), { ...options, source: 'validation' });
  expect(namesIn(graph).inputs).toEqual(['validation.image', 'validation.y']);
});

test('what does not fit together is refused by name', () => {
  const refused = (layer: Layer, term: Partial<LossTerm>) => {
    const full = { output: 'output', target: 'y', loss: losses.meanSquaredError, ...term };
    return expect(() => trainGraph(regression(layer, { losses: [full] }), options));
  };
  expect(() => trainGraph(regression(dense(1), { losses: [] }), options)).toThrow('no loss');
  refused(dense(1), { output: 'outptu' }).toThrow('Did you mean "output"?');
  refused(dense(1), { target: 'z' }).toThrow('the data set has no field "z"');
  refused(dense(1), { loss: (output) => sum(output) }).toThrow('one number a row');
  refused(dense(2), {}).toThrow('output and target have different shapes');
  refused(tanh(), { target: 'image' }).toThrow('nothing to train');
});
