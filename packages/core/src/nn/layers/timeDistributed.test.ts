import { describe, expect, test } from 'vitest';
import { input } from '../../graph/leaves.ts';
import { runOnce } from '../../runtime/testing/runOnce.ts';
import { createScope } from '../scope.ts';
import { type LayerCase, layerProperties } from '../testing/layerProperties.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { flatten } from './reshape.ts';
import { sequential } from './sequential.ts';
import { timeDistributed } from './timeDistributed.ts';

/** A dense layer of two units on stretches of `size` numbers. */
const denseOf = (x: readonly number[], size: number, w: readonly number[], b: readonly number[]): number[] =>
  Array.from({ length: x.length / size }, (_, at) => x.slice(at * size, (at + 1) * size)).flatMap((stretch) =>
    [0, 1].map((unit) =>
      stretch.reduce((sum, value, at) => sum + value * (w[at * 2 + unit] ?? 0), b[unit] ?? 0),
    ),
  );

const cases: readonly LayerCase[] = [
  {
    name: 'flattened pictures along a sequence',
    layer: timeDistributed(sequential(flatten(), dense(2))),
    shape: [3, 4, 2, 3],
    wanted: (x, { 'layer.layers.1.weight': w = [], 'layer.layers.1.bias': b = [] }) => denseOf(x, 6, w, b),
  },
  {
    name: 'along another axis, which stays in its place',
    layer: timeDistributed(dense(2), { axis: 2 }),
    shape: [5, 3, 2, 4],
    wanted: (x, { 'layer.weight': w = [], 'layer.bias': b = [] }) => denseOf(x, 4, w, b),
  },
];

describe.each(cases.map((each) => [each.name, each] as const))('%s', (_name, each) => {
  test.each(layerProperties)('$name', ({ problems }) => expect(problems(each)).toEqual([]));
});

test('positions are rows to the layer, so that each draws numbers of its own', () => {
  const { scope } = createScope({ training: true });
  const x = input('x', { shape: [4, 10, 5], batchAxis: 0 });
  const y = timeDistributed(dropout(0.5)).build(x, scope);
  const values = runOnce({ y }, { x: new Float32Array(200).fill(1) }, { batchSize: 4 }).y;
  const stretches = Array.from({ length: 40 }, (_, at) => values.slice(at * 5, at * 5 + 5).join());
  expect(new Set(stretches).size).toBeGreaterThan(15);
});

test('an axis that is not there is refused', () => {
  const { scope } = createScope({ training: false });
  const x = input('x', { shape: [4, 3], batchAxis: 0 });
  expect(() => timeDistributed(dense(1), { axis: 2 }).build(x, scope)).toThrow('timeDistributed.axis');
  expect(() => timeDistributed(dense(1), { axis: 0 })).toThrow('timeDistributed.axis');
});
