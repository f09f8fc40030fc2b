import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeTarget, defineRun, fit } from '@lockstep/core';
import { readTable } from '@lockstep/core/node';
import { expect, it } from 'vitest';
import { drawReconstructions } from '../examples/autoencoder/drawReconstructions.ts';
import autoencoder from '../examples/autoencoder/train.ts';
import customOp from '../examples/custom-op/train.ts';
import { trainXor } from '../examples/custom-training/train.ts';
import digits from '../examples/digits/train.ts';
import line from '../examples/linear-regression/train.ts';
import recommender from '../examples/recommender/train.ts';
import tabular, { encoding as rentEncoding } from '../examples/tabular/train.ts';
import tanhLayer, { neurons } from '../examples/tanh-layer/train.ts';
import oneOutput from '../examples/two-class/oneOutput.ts';
import twoClass from '../examples/two-class/train.ts';
import xor from '../examples/xor/train.ts';
import { hasData } from './hasData.ts';

it('linear-regression finds the line', async () => {
  const { variables, loss } = await fit(line);
  expect(variables.get('layers.0.weight')?.values[0]).toBeCloseTo(2, 6);
  expect(variables.get('layers.0.bias')?.values[0]).toBeCloseTo(0, 6);
  expect(loss).toBeLessThan(1e-12);
});

/** `pnpm soak` tries every seed that the page of examples speaks of; here are those among which the others are. */
const everySeed = process.env['EVERY_SEED'] === '1';
const xorSeeds = everySeed ? { first: 0, last: 99, solved: 98 } : { first: 30, last: 65, solved: 34 };
const twoClassSeeds = everySeed ? { first: 0, last: 49, solved: 49 } : { first: 28, last: 46, solved: 18 };

it('xor is solved from all seeds but two', { timeout: 60_000 }, async () => {
  let solved = 0;
  for (let seed = xorSeeds.first; seed <= xorSeeds.last; seed++) {
    const run = defineRun({ ...xor.options, seed });
    const { output } = await (await fit(run)).predict(run.train);
    const answers = Array.from(output?.values ?? [], (value) => (value > 0.5 ? 1 : 0));
    if (answers.join() === '0,1,1,0') solved += 1;
  }
  expect(solved).toBe(xorSeeds.solved);
});

it.each([
  ['an output for each class', twoClass, 'accuracy'],
  ['one output', oneOutput, 'binaryAccuracy'],
])('two-class with %s is solved from all seeds but one', async (_, { options }, metric) => {
  let solved = 0;
  for (let seed = twoClassSeeds.first; seed <= twoClassSeeds.last; seed++) {
    const { metrics } = await fit(defineRun({ ...options, seed }));
    if (metrics[metric] === 1) solved += 1;
  }
  expect(solved).toBe(twoClassSeeds.solved);
});

it('tanh-layer finds the weights that its data was made with, to six digits', async () => {
  const { variables } = await fit(tanhLayer);
  const weights = [0, 1].flatMap((feature) => neurons.map((neuron) => neuron.weights[feature] ?? 0));
  for (const [path, wanted] of [
    ['layers.0.weight', weights],
    ['layers.0.bias', neurons.map(({ bias }) => bias)],
  ] as const)
    for (const [at, value] of (variables.get(path)?.values ?? []).entries())
      expect(value).toBeCloseTo(wanted[at] ?? Number.NaN, 6);
});

it('autoencoder restores digits it has not seen with an error of 0.012, and the picture shows it', async () => {
  const result = await fit(autoencoder);
  expect(result.valLoss).toBeLessThan(0.012);
  const file = join(import.meta.dirname, '../examples/autoencoder/reconstructions.svg');
  const drawn = await drawReconstructions(result, autoencoder.validation ?? autoencoder.train);
  expect(drawn).toBe(readFileSync(file, 'utf8'));
});

it('custom-op fits a parabola to within 0.1', async () => {
  const { loss } = await fit(customOp);
  expect(Math.sqrt(loss)).toBeLessThan(0.1);
});

it('custom-training solves XOR, with the same bits for any number of workers', () => {
  const { losses, answers, hash } = trainXor();
  expect(losses[0]).toBeGreaterThan(0.25);
  expect(losses.at(-1)).toBeLessThan(0.0002);
  expect(answers.map(Math.round)).toEqual([0, 1, 1, 0]);
  for (const workers of [2, 3, 8]) expect(trainXor(workers).hash).toBe(hash);
});

it('recommender predicts ratings it has not seen nearly as well as their noise of 0.25 allows', async () => {
  const { valMetrics, metrics } = await fit(recommender);
  expect(valMetrics?.['rootMeanSquaredError']).toBeLessThan(0.3);
  expect(metrics['rootMeanSquaredError']).toBeLessThan(0.25);
});

it('digits reaches 97% on rows it has not seen', async () => {
  const { valMetrics, history } = await fit(digits);
  expect(valMetrics?.['accuracy']).toBeGreaterThanOrEqual(0.97);
  expect(history).toHaveLength(digits.epochs);
});

it('tabular tells rents it has not seen to within a quarter more than what no column tells', async () => {
  const { validation } = tabular;
  const { target } = rentEncoding;
  if (validation === undefined || target === undefined) throw new Error('nothing is predicted');
  const { rent } = await (await fit(tabular)).predict(validation);
  const said = decodeTarget(target, rent ?? { shape: [], values: [] });
  const rents = (await readTable(join(import.meta.dirname, '../examples/tabular/rents.csv'))).columns.at(-1);
  const squares = Array.from(
    validation.index ?? [],
    (row, at) => (Number(said[at]) - Number(rents?.cells[row])) ** 2,
  );
  expect(squares).toHaveLength(600);
  const error = Math.sqrt(squares.reduce((sum, square) => sum + square) / squares.length);
  // The deviation of the noise in makeRents.ts is 45: no model does better.
  expect(error).toBeGreaterThan(42);
  expect(error).toBeLessThan(1.25 * 45);
});

const isMnistHere = hasData('mnist');

it.skipIf(!isMnistHere)(
  `mnist-mlp reaches 97% on the test images${isMnistHere ? '' : ' (skipped: `lockstep data get mnist` has not been run)'}`,
  { timeout: 60_000 },
  async () => {
    const { default: run } = await import('../examples/mnist-mlp/train.ts');
    const { valMetrics } = await fit(run);
    expect(valMetrics?.['accuracy']).toBeGreaterThanOrEqual(0.97);
  },
);
