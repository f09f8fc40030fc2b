import { describe, expect, test } from 'vitest';
import { input } from '../../graph/leaves.ts';
import { createScope } from '../scope.ts';
import { type LayerCase, layerProperties } from '../testing/layerProperties.ts';
import { activation, tanh } from './activation.ts';
import { concatenate } from './concatenate.ts';
import { dense } from './dense.ts';

const linear = activation('linear');

const cases: readonly LayerCase[] = [
  {
    name: 'features of two layers',
    layer: concatenate([tanh(), dense(2, { useBias: false }), linear]),
    shape: [5, 1],
    wanted: (x, { 'branches.1.weight': w = [] }) =>
      x.flatMap((value) => [Math.tanh(value), value * (w[0] ?? 0), value * (w[1] ?? 0), value]),
  },
  {
    name: 'along another axis',
    layer: concatenate([linear, tanh()], { axis: 1 }),
    shape: [3, 4, 5],
    wanted: (x) =>
      [0, 1, 2].flatMap((row) => {
        const own = x.slice(row * 20, row * 20 + 20);
        return [...own, ...own.map(Math.tanh)];
      }),
  },
];

describe.each(cases.map((each) => [each.name, each] as const))('%s', (_name, each) => {
  test.each(layerProperties)('$name', ({ problems }) => expect(problems(each)).toEqual([]));
});

test('rows cannot be put next to each other', () => {
  const { scope } = createScope({ training: false });
  const x = input('x', { shape: [4, 3], batchAxis: 0 });
  expect(() => concatenate([linear, tanh()], { axis: 0 }).build(x, scope)).toThrow('concat');
  expect(() => concatenate([])).toThrow('concatenate');
});
