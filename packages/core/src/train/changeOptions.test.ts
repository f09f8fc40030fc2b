import { expect, it } from 'vitest';
import { fromArrays } from '../data/index.ts';
import { LockstepError } from '../errors.ts';
import { dense, sequential } from '../nn/layers/index.ts';
import { optimizers, schedules } from '../optim/index.ts';
import { changeOptions, type RunSettings } from './changeOptions.ts';
import { defineRun, type Run } from './defineRun.ts';
import type { RunOptions } from './runOptions.ts';

const options: RunOptions = {
  data: fromArrays({ x: [[0], [1], [2], [3]], y: [[0], [2], [4], [6]] }),
  model: sequential(dense(1)),
  loss: [{ loss: 'meanSquaredError' }],
  optimizer: optimizers.adam({ learningRate: 0.01, beta1: 0.8 }),
  epochs: 3,
};

const changed = (settings: RunSettings, more: Partial<RunOptions> = {}): Run =>
  defineRun(changeOptions({ ...options, ...more }, settings));

function errorOf(settings: RunSettings, more: Partial<RunOptions> = {}): LockstepError {
  try {
    changed(settings, more);
  } catch (error) {
    if (error instanceof LockstepError) return error;
  }
  throw new Error('nothing was thrown');
}

it('changes what it is told to and nothing else', () => {
  const run = changed({ epochs: 7, 'earlyStopping.patience': 2, 'loss.0.weight': 0.5 });
  expect(run.epochs).toBe(7);
  expect(run.earlyStopping).toEqual({ patience: 2 });
  expect(run.task.losses[0]?.weight).toBe(0.5);
  expect(run.options.optimizer).toBe(options.optimizer);
  expect(options.epochs).toBe(3);
});

it('makes the optimizer again with one option changed', () => {
  const { optimizer } = changed({ 'optimizer.beta2': 0.9 }).task;
  expect(optimizer.hyperparameters).toEqual(
    optimizers.adam({ learningRate: 0.01, beta1: 0.8, beta2: 0.9 }).hyperparameters,
  );
  expect(
    changed({ 'optimizer.momentum': 0.9 }, { optimizer: 'sgd' }).task.optimizer.hyperparameters,
  ).toMatchObject({
    momentum: 0.9,
  });
  expect(changed({ optimizer: 'lion', 'optimizer.beta1': 0.7 }).task.optimizer).toMatchObject({
    name: 'lion',
    hyperparameters: { beta1: 0.7 },
  });
});

it('keeps a schedule when another option of the optimizer is changed', () => {
  const schedule = schedules.cosine({ learningRate: 0.1 });
  const optimizer = optimizers.adam({ learningRate: schedule });
  expect(changed({ 'optimizer.beta1': 0.5 }, { optimizer }).schedule).toBe(schedule);
});

it('every optimizer can be made again of what it records', () => {
  for (const make of Object.values(optimizers)) {
    const optimizer = make();
    const again = changeOptions({ ...options, optimizer }, { 'optimizer.learningRate': 0.125 }).optimizer;
    expect(again).toMatchObject({
      name: optimizer.name,
      hyperparameters: { ...optimizer.hyperparameters, learningRate: 0.125 },
    });
  }
});

it('sets rows aside, of a lone data set too', () => {
  expect(changed({ 'data.validation': 0.25 }).validation?.rows).toBe(1);
  const data = { train: fromArrays({ x: [[0], [1]], y: [[0], [2]] }), validation: 0.5 };
  expect(changed({ 'data.validation': null }, { data }).validation).toBeUndefined();
});

it('takes an option away', () => {
  expect(changed({ clipNorm: null }, { clipNorm: 1 }).options.clipNorm).toBeUndefined();
});

it.each<[RunSettings, Partial<RunOptions>, string]>([
  [
    { epochs: 'x' },
    {},
    'an option has a value that is not allowed (at run.epochs): got "x", wanted an integer, 1 or above',
  ],
  [{ epoch: 3 }, {}, 'there is no option "epoch" (at run)\n  Did you mean "epochs"?'],
  [{ 'optimzer.beta1': 3 }, {}, 'there is no option "optimzer" (at run)\n  Did you mean "optimizer"?'],
  [{ 'optimizer.bta1': 3 }, {}, 'there is no option "bta1" (at adam)\n  Did you mean "beta1"?'],
  [
    { 'optimizer.beta1': 3 },
    {},
    'an option has a value that is not allowed (at adam.beta1): got 3, wanted a number from 0 to below 1',
  ],
  [{ optimizer: 'adm' }, {}, 'there is no optimizer "adm" (at run.optimizer)\n  Did you mean "adam"?'],
  [
    { 'optimizer.beta1': 0.5 },
    { optimizer: { ...optimizers.sgd(), name: 'my own' } },
    'there is no optimizer "my own"',
  ],
  [{ 'optimizer.learningRate': 1 }, { learningRate: 0.5 }, 'Set learningRate.'],
  [
    { 'earlyStopping.patence': 3 },
    {},
    'there is no option "patence" (at run.earlyStopping)\n  Did you mean "patience"?',
  ],
  [{ 'epochs.most': 3 }, {}, 'this cannot be changed from outside (at run.epochs): got 3'],
  [{ 'loss.1.weight': 2 }, {}, 'the list has no such entry (at run.loss): got "1", wanted 0 to 0'],
  [{ 'model.units': 5 }, {}, 'this cannot be changed from outside (at run.model): got an object'],
  [
    { 'data.validaton': 0.5 },
    {},
    'there is no option "validaton" (at run.data)\n  Did you mean "validation"?',
  ],
  [{ 'data.train': 5 }, {}, 'at run.data'],
  [{ '': 5 }, {}, 'there is no option "" (at run)'],
])('says what is wrong with %j', (settings, more, message) => {
  expect(errorOf(settings, more).message).toContain(message);
});
