import { describe, expect, test } from 'vitest';
import { type LayerCase, layerProperties } from '../testing/layerProperties.ts';
import { sigmoid } from './activation.ts';
import { dense } from './dense.ts';
import { multiply } from './multiply.ts';

const cases: readonly LayerCase[] = [
  {
    name: 'a value and its gate',
    layer: multiply([sigmoid(), dense(2)]),
    shape: [5, 2],
    wanted: (x, { 'branches.1.weight': w = [], 'branches.1.bias': b = [] }) =>
      x.map((value, at) => {
        const row = at - (at % 2);
        const column = at % 2;
        const product = (x[row] ?? 0) * (w[column] ?? 0) + (x[row + 1] ?? 0) * (w[2 + column] ?? 0);
        return (product + (b[column] ?? 0)) / (1 + Math.exp(-value));
      }),
  },
];

describe.each(cases.map((each) => [each.name, each] as const))('%s', (_name, each) => {
  test.each(layerProperties)('$name', ({ problems }) => expect(problems(each)).toEqual([]));
});

test('there has to be a branch', () => {
  expect(() => multiply([])).toThrow('multiply');
});
