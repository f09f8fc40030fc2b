import { expect, test } from 'vitest';
import { testLayer } from '../testing/testLayer.ts';
import { sigmoid } from './activation.ts';
import { dense } from './dense.ts';
import { multiply } from './multiply.ts';

testLayer([
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
]);

test('there has to be a branch', () => {
  expect(() => multiply([])).toThrow('multiply');
});
