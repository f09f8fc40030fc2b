import { describe, expect, test } from 'vitest';
import { input } from '../../graph/leaves.ts';
import { runOnce } from '../../runtime/testing/runOnce.ts';
import { createScope } from '../scope.ts';
import { type LayerCase, layerProperties } from '../testing/layerProperties.ts';
import { batchNorm } from './batchNorm.ts';

type Moments = { readonly mean: number; readonly variance: number; readonly count: number };

/** Of every channel; element e is of channel `channelOf(e)`. */
function momentsOf(x: readonly number[], channels: number, channelOf: (at: number) => number): Moments[] {
  return Array.from({ length: channels }, (_, channel) => {
    const own = x.filter((_x, at) => channelOf(at) === channel);
    const mean = own.reduce((a, b) => a + b, 0) / own.length;
    const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length;
    return { mean, variance, count: own.length };
  });
}

/** What the layer says of x, by moments of x itself or, in evaluation, running ones. */
const wanted =
  (
    channels: number,
    channelOf: (at: number) => number,
    training: boolean,
    epsilon = 1e-5,
  ): LayerCase['wanted'] =>
  (x, { gamma, beta, runningMean, runningVariance }) => {
    const own = momentsOf(x, channels, channelOf);
    return x.map((value, at) => {
      const channel = channelOf(at);
      const mean = training ? own[channel]?.mean : runningMean?.[channel];
      const variance = training ? own[channel]?.variance : runningVariance?.[channel];
      const standard = (value - (mean ?? 0)) / Math.sqrt((variance ?? 1) + epsilon);
      return standard * (gamma?.[channel] ?? 1) + (beta?.[channel] ?? 0);
    });
  };

const last = (channels: number) => (at: number) => at % channels;
const second = (at: number): number => Math.floor(at / 20) % 3;

const cases: readonly LayerCase[] = [
  {
    name: 'rows of features in training',
    layer: batchNorm(),
    shape: [37, 5],
    training: true,
    wanted: wanted(5, last(5), true),
  },
  {
    name: 'rows of features in evaluation',
    layer: batchNorm(),
    shape: [7, 5],
    wanted: wanted(5, last(5), false),
  },
  {
    name: 'pictures, channels last',
    layer: batchNorm({ epsilon: 0.01 }),
    shape: [5, 4, 3, 9],
    training: true,
    wanted: wanted(9, last(9), true, 0.01),
  },
  {
    name: 'pictures, channels first, in training',
    layer: batchNorm({ axis: 1 }),
    shape: [5, 3, 4, 5],
    training: true,
    wanted: wanted(3, second, true),
  },
  {
    name: 'pictures, channels first, in evaluation',
    layer: batchNorm({ axis: -3 }),
    shape: [5, 3, 4, 5],
    wanted: wanted(3, second, false),
  },
  {
    name: 'neither scaled nor centred',
    layer: batchNorm({ scale: false, center: false }),
    shape: [6, 3],
    training: true,
    wanted: wanted(3, last(3), true),
  },
];

describe.each(cases.map((each) => [each.name, each] as const))('%s', (_name, each) => {
  test.each(layerProperties)('$name', ({ problems }) => expect(problems(each)).toEqual([]));
});

describe('running statistics', () => {
  const x = [1, 10, 2, 30, 6, 20];
  const statistics = (shape: readonly number[], values: readonly number[], uses = 1) => {
    const { scope, variables, updates } = createScope({ training: true });
    const apply = scope.layer('norm', batchNorm({ momentum: 0.75 }));
    for (let use = 0; use < uses; use += 1) apply(input('x', { shape, batchAxis: 0 }));
    const next = (name: string) => {
      const variable = variables.get(`norm.${name}`);
      return (variable && updates.get(variable)) ?? expect.unreachable(`no update of ${name}`);
    };
    const outputs = { mean: next('runningMean'), variance: next('runningVariance') };
    const before = { 'norm.runningMean': [8, -4], 'norm.runningVariance': [1, 2] };
    return runOnce(outputs, { ...before, x: values }, { precision: 'float64', batchSize: shape[0] ?? 1 });
  };

  test('move a part of the way to the mini-batch, by its unbiased variance', () => {
    const { mean, variance } = statistics([3, 2], x);
    expect(mean).toEqual(
      [0.75 * 8 + 0.25 * 3, 0.75 * -4 + 0.25 * 20].map((value) => expect.closeTo(value, 6)),
    );
    expect(variance).toEqual([0.75 + 0.25 * 7, 1.5 + 0.25 * 100].map((value) => expect.closeTo(value, 5)));
  });

  test('move twice where the layer is used twice', () => {
    const { mean } = statistics([3, 2], x, 2);
    const twice = (from: number, to: number): number => 0.75 * (0.75 * from + 0.25 * to) + 0.25 * to;
    expect(mean).toEqual([twice(8, 3), twice(-4, 20)].map((value) => expect.closeTo(value, 6)));
  });

  test('take the variance of a single number for 0', () => {
    expect(statistics([1, 2], [5, 6]).variance).toEqual([0.75, 1.5]);
  });
});

test('bad options are refused', () => {
  expect(() => batchNorm({ momentum: 1 })).toThrow('batchNorm.momentum');
  expect(() => batchNorm({ epsilon: -1 })).toThrow('batchNorm.epsilon');
  const build = (axis: number) => () =>
    batchNorm({ axis }).build(
      input('x', { shape: [4, 3], batchAxis: 0 }),
      createScope({ training: true }).scope,
    );
  expect(build(0)).toThrow('batchNorm.axis');
  expect(build(2)).toThrow('batchNorm.axis');
});
