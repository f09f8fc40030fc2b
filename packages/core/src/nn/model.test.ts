import { expect, test } from 'vitest';
import { LockstepError } from '../errors.ts';
import { input } from '../graph/leaves.ts';
import { add, mul } from '../ops/index.ts';
import { runOnce } from '../runtime/testing/runOnce.ts';
import { dense, dropout, flatten, relu, reshape, sequential, tanh } from './layers/index.ts';
import { buildModel, type Model, model, modelOfLayer } from './model.ts';

const rows = 4;
const image = input('image', { shape: [rows, 6], batchAxis: 0 });

function pathsOf(built: Model): string[] {
  return [...buildModel(built, { image }, { training: true }).variables.keys()];
}

test('parameters of a sequential model are named by the position among all layers', () => {
  const layers = sequential(
    dense(5),
    relu(),
    dropout(0.5),
    dense(4, { useBias: false }),
    sequential(tanh(), dense(2)),
  );
  expect(pathsOf(modelOfLayer(layers, 'image', { shape: [6] }))).toEqual([
    'layers.0.weight',
    'layers.0.bias',
    'layers.3.weight',
    'layers.4.layers.1.weight',
    'layers.4.layers.1.bias',
  ]);
});

test('a functional model computes what its function says, with shared weights', () => {
  const doubled = model({
    inputs: { image: { shape: [2] }, other: { shape: [2] } },
    build: ({ image: left, other: right }, layer) => {
      const encode = layer('encoder', dense(1));
      return { sum: add(encode(left), encode(right)), left: encode(left) };
    },
  });
  const left = input('left', { shape: [2, 2], batchAxis: 0 });
  const right = input('right', { shape: [2, 2], batchAxis: 0 });
  const built = buildModel(doubled, { image: left, other: right }, { training: false });
  expect([...built.variables.keys()]).toEqual(['encoder.weight', 'encoder.bias']);
  const values = {
    left: [1, 2, 3, 4],
    right: [10, 20, 30, 40],
    'encoder.weight': [1, 2],
    'encoder.bias': [0.5],
  };
  const { sum, left: encoded } = runOnce(built.outputs, values, { batchSize: 2 }) as Record<
    string,
    readonly number[]
  >;
  expect(sum).toEqual([5.5 + 50.5, 11.5 + 110.5]);
  expect(encoded).toEqual([5.5, 11.5]);
});

test('a function of nodes may use variables of its own', () => {
  const scaled = model({
    inputs: { image: { shape: [6] } },
    build: (nodes, _layer, scope) => ({
      output: mul(
        nodes.image,
        scope.variable('scale', { shape: [], initializer: (shape) => input('one', { shape }) }),
      ),
    }),
  });
  expect(pathsOf(scaled)).toEqual(['scale']);
});

test('reshape and flatten leave the rows alone', () => {
  const built = buildModel(
    modelOfLayer(sequential(reshape([2, 3]), flatten()), 'image', { shape: [6] }),
    { image },
    { training: true },
  );
  expect(built.outputs['output']).toMatchObject({ shape: [rows, 6], batchAxis: 0 });
});

test('inputs are compared with what the model says', () => {
  const plain = modelOfLayer(dense(2), 'image', { shape: [6] });
  const build = (inputs: Parameters<typeof buildModel>[1]) => () =>
    buildModel(plain, inputs, { training: true });
  expect(build({})).toThrow('model.inputs.image');
  expect(build({ image, imgae: image })).toThrow('Did you mean "image"?');
  expect(build({ image: input('image', { shape: [rows, 7], batchAxis: 0 }) })).toThrow(
    'wanted float32 [rows, 6]',
  );
  expect(build({ image: input('image', { shape: [rows, 6] }) })).toThrow('without a mini-batch');
  expect(build({ image: input('image', { shape: [rows, 6], dtype: 'int32', batchAxis: 0 }) })).toThrow(
    LockstepError,
  );
});

test('a model without inputs, or with an input of no shape, is refused', () => {
  expect(() => model({ inputs: {}, build: () => ({}) })).toThrow('model.inputs');
  expect(() => model({ inputs: { x: { shape: [0] } }, build: () => ({}) })).toThrow('model.inputs.x.shape');
});
