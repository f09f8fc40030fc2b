import { describe, expect, it } from 'vitest';
import { fromArrays } from '../data/fromArrays.ts';
import type { LockstepError } from '../errors.ts';
import { dense, sequential } from '../nn/layers/index.ts';
import { model } from '../nn/model.ts';
import { add } from '../ops/index.ts';
import { defineRun } from './defineRun.ts';
import type { RunOptions } from './runOptions.ts';

const data = fromArrays({
  x: [
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  y: { values: [0, 1, 2], classes: 3 },
});

const options: RunOptions = {
  data,
  model: sequential(dense(3)),
  loss: 'sparseCategoricalCrossentropy',
  epochs: 2,
};

const twoHeads = model({
  inputs: { x: { shape: [2] } },
  build: ({ x }, layer) => ({ a: layer('a', dense(3))(x), b: add(layer('b', dense(3))(x), 1) }),
});

/** What the error for changed options says. */
function refusal(changes: object): Pick<LockstepError, 'code' | 'message'> {
  try {
    defineRun({ ...options, ...changes });
  } catch (error) {
    if (error instanceof Error && 'code' in error) return error as LockstepError;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('defineRun', () => {
  it('fills in defaults, input, output and target', () => {
    const run = defineRun(options);
    expect(run).toMatchObject({
      name: 'run',
      batchSize: 3,
      lanes: 1,
      seed: 0,
      shuffle: true,
      dropLast: false,
      numerics: 'strict',
    });
    expect(run.task.losses).toMatchObject([{ output: 'output', target: 'y' }]);
    expect(Object.keys(run.task.model.inputs)).toEqual(['x']);
    expect(run.task.optimizer.name).toBe('sgd');
  });

  it('chooses the input of a layer around the target', () => {
    const run = defineRun({
      ...options,
      data: fromArrays({ y: [1, 2], x: [[1], [2]] }),
      model: dense(1),
      target: 'y',
      loss: 'meanSquaredError',
    });
    expect(Object.keys(run.task.model.inputs)).toEqual(['x']);
  });

  it('takes the only field for input and target alike', () => {
    const run = defineRun({
      ...options,
      data: fromArrays({ x: [[1, 2]] }),
      model: dense(2),
      loss: 'meanSquaredError',
    });
    expect(run.task.losses).toMatchObject([{ output: 'output', target: 'x' }]);
  });

  it('sets validation rows aside by the seed', () => {
    const rows = fromArrays({
      x: Array.from({ length: 20 }, (_, i) => [i, 0]),
      y: { values: Array.from({ length: 20 }, () => 1), classes: 3 },
    });
    const held = (seed: number) =>
      defineRun({ ...options, data: { train: rows, validation: 0.3 }, seed }).validation?.index;
    expect(held(1)).toHaveLength(6);
    expect(held(1)).not.toEqual(held(2));
  });

  it.each([
    ['a misspelt field', { epoch: 3 }, 'UNKNOWN_OPTION', 'Did you mean "epochs"?'],
    ['no epochs', { epochs: undefined }, 'BAD_OPTION', 'run.epochs'],
    ['a broken batch size', { batchSize: 1.5 }, 'BAD_OPTION', 'run.batchSize'],
    ['a negative seed', { seed: -1 }, 'BAD_OPTION', 'run.seed'],
    ['a name that is a path', { name: '../x' }, 'BAD_OPTION', 'run.name'],
    ['a negative learning rate', { learningRate: -1 }, 'BAD_OPTION', 'run.learningRate'],
    ['other numerics', { numerics: 'fast' }, 'BAD_OPTION', 'run.numerics'],
    [
      'a misspelt loss',
      { loss: 'sparseCategoricalCrossEntropy' },
      'UNKNOWN_OPTION',
      'Did you mean "sparseCategoricalCrossentropy"?',
    ],
    ['a misspelt metric', { metrics: ['acuracy'] }, 'UNKNOWN_OPTION', 'Did you mean "accuracy"?'],
    ['a misspelt optimizer', { optimizer: 'adamW' }, 'UNKNOWN_OPTION', 'Did you mean "adamw"?'],
    ['a misspelt target', { target: 'z' }, 'UNKNOWN_OPTION', 'there is no field "z"'],
    ['a misspelt input', { input: 'z' }, 'UNKNOWN_OPTION', 'run.input'],
    ['an input for a functional model', { model: twoHeads, input: 'x' }, 'BAD_OPTION', 'run.input'],
    ['an output that is not clear', { model: twoHeads }, 'BAD_OPTION', 'wanted one of a, b'],
    [
      'an unknown output',
      { model: twoHeads, loss: [{ loss: 'meanSquaredError', output: 'c' }] },
      'UNKNOWN_OPTION',
      'run.loss.0.output',
    ],
    [
      'an unknown option of a loss',
      { loss: [{ loss: 'meanSquaredError', weigth: 2 }] },
      'UNKNOWN_OPTION',
      'Did you mean "weight"?',
    ],
    ['patience 0', { earlyStopping: { patience: 0 } }, 'BAD_OPTION', 'run.earlyStopping.patience'],
    [
      'a validation part of all',
      { data: { train: data, validation: 1 } },
      'BAD_OPTION',
      'run.data.validation',
    ],
    [
      'validation data without the target',
      { data: { train: data, validation: fromArrays({ x: [[1, 2]] }) } },
      'BAD_OPTION',
      'run.data.validation.y',
    ],
    [
      'validation rows of another shape',
      { data: { train: data, validation: fromArrays({ x: [[1]], y: { values: [1], classes: 3 } }) } },
      'SHAPE_MISMATCH',
      'run.data.validation.x',
    ],
    ['too few outputs for the labels', { model: dense(2) }, 'LABEL_OUT_OF_RANGE', 'row 2'],
    [
      'a validation label without output',
      { data: { train: data, validation: fromArrays({ x: [[1, 2]], y: { values: [3], classes: 4 } }) } },
      'LABEL_OUT_OF_RANGE',
      'label 3',
    ],
    [
      'an input that the data lacks',
      { data: fromArrays({ z: [[1, 2]], y: { values: [1], classes: 3 } }), model: twoHeads },
      'UNKNOWN_OPTION',
      'model.inputs.x',
    ],
  ])('refuses %s', (_what, changes, code, part) => {
    const error = refusal(changes);
    expect(error.code).toBe(code);
    expect(error.message).toContain(part);
  });
});
