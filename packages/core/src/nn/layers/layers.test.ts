import { expect, test } from 'vitest';
import { input } from '../../graph/leaves.ts';
import type { Node } from '../../graph/node.ts';
import { runOnce } from '../../runtime/testing/runOnce.ts';
import type { ActivationName } from '../activations.ts';
import type { InitializerName } from '../initializers/index.ts';
import type { Layer } from '../layer.ts';
import { createScope } from '../scope.ts';
import { activation, dense, dropout, leakyRelu, relu, sequential, sigmoid, softmax, tanh } from './index.ts';

interface Run {
  readonly shape: readonly number[];
  readonly x: readonly number[];
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  readonly training?: boolean;
}

function run(layer: Layer, { shape, x, weights = {}, training = false }: Run): readonly number[] {
  const { scope } = createScope({ training });
  const y = layer.build(input('x', { shape, batchAxis: 0 }), scope.child('here'));
  expect(y.batchAxis).toBe(0);
  return runOnce({ y }, { x, ...weights }, { precision: 'float64', batchSize: shape[0] ?? 0 }).y;
}

const weights = { 'here.weight': [1, 2, 3, 4, 5, 6], 'here.bias': [0.5, -0.5, 0] };

test('dense is x @ weight + bias', () => {
  expect(run(dense(3), { shape: [2, 2], x: [1, 1, 2, -1], weights })).toEqual([5.5, 6.5, 9, -1.5, -1.5, 0]);
});

test('dense without bias, with an activation', () => {
  const layer = dense(3, { useBias: false, activation: 'relu' });
  expect(run(layer, { shape: [1, 2], x: [2, -1], weights })).toEqual([0, 0, 0]);
  expect(run(layer, { shape: [1, 2], x: [-2, 1], weights })).toEqual([2, 1, 0]);
});

test('dense works on the last axis of more', () => {
  const x = [1, 1, 2, -1, 1, 1, 2, -1];
  const once = [5.5, 6.5, 9, -1.5, -1.5, 0];
  expect(run(dense(3), { shape: [2, 2, 2], x, weights })).toEqual([...once, ...once]);
});

test('dense adds l2 times the squares of its weights, not its bias, to the loss', () => {
  const { scope, penalties } = createScope({ training: true });
  dense(3, { l2: 0.1 }).build(input('x', { shape: [1, 2], batchAxis: 0 }), scope.child('here'));
  const [penalty] = penalties as readonly [Node];
  expect(penalties.length).toBe(1);
  expect(runOnce({ penalty }, weights, { precision: 'float64' }).penalty[0]).toBeCloseTo(9.1, 12);
});

test('activations by layer and by name', () => {
  const given = { shape: [1, 3], x: [-1, 0, 2] };
  const exponentials = given.x.map(Math.exp);
  const total = exponentials.reduce((a, b) => a + b);
  const wanted: [Layer, Layer, number[]][] = [
    [relu(), activation('relu'), [0, 0, 2]],
    [leakyRelu(0.2), leakyRelu(0.2), [-0.2, 0, 2]],
    [leakyRelu(), activation('leakyRelu'), [-0.01, 0, 2]],
    [sigmoid(), activation('sigmoid'), given.x.map((x) => 1 / (1 + Math.exp(-x)))],
    [tanh(), activation('tanh'), given.x.map(Math.tanh)],
    [softmax(), activation('softmax'), exponentials.map((x) => x / total)],
    [activation('linear'), activation((x) => x), given.x],
  ];
  for (const [layer, named, values] of wanted)
    for (const [at, value] of values.entries()) {
      expect(run(layer, given)[at]).toBeCloseTo(value, 12);
      expect(run(named, given)[at]).toBeCloseTo(value, 12);
    }
});

test('dropout is the identity in evaluation, and at rate 0', () => {
  const x = [1, 2, 3, 4];
  expect(run(dropout(0.5), { shape: [2, 2], x })).toEqual(x);
  expect(run(dropout(0), { shape: [2, 2], x, training: true })).toEqual(x);
});

test('dropout in training zeroes about that share and scales the rest', () => {
  const y = run(dropout(0.25), { shape: [50, 40], x: new Array<number>(2000).fill(3), training: true });
  expect(new Set(y)).toEqual(new Set([0, 4]));
  const dropped = y.filter((value) => value === 0).length;
  // 2000 draws of probability 1/4: mean 500, standard deviation 19.4.
  expect(Math.abs(dropped - 500)).toBeLessThan(80);
});

test('bad options are refused where they are given', () => {
  expect(() => dense(0)).toThrow('dense.units');
  expect(() => dense(2.5)).toThrow('dense.units');
  expect(() => dense(2, { l2: -1 })).toThrow('dense.l2');
  expect(() => dense(2, { activation: 'rleu' as ActivationName })).toThrow('Did you mean "relu"?');
  expect(() => dense(2, { kernelInitializer: 'glorot' as InitializerName })).toThrow('initializer "glorot"');
  const misspelt: object = { useBais: false };
  expect(() => dense(2, misspelt)).toThrow('Did you mean "useBias"?');
  expect(() => dropout(1)).toThrow('dropout.rate');
  expect(() => leakyRelu(-1)).toThrow('leakyRelu.alpha');
  expect(() => sequential()).toThrow('no layers');
  expect(() => run(dense(1), { shape: [3], x: [1, 2, 3] })).toThrow('feature axis');
});
