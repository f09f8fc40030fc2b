import { describe, expect, test } from 'vitest';
import { input } from '../../graph/leaves.ts';
import { createScope } from '../scope.ts';
import { type LayerCase, layerProperties } from '../testing/layerProperties.ts';
import { layerNorm } from './layerNorm.ts';

/** Every stretch of `size` elements to mean 0 and variance 1. */
const wanted =
  (size: number, epsilon = 1e-5): LayerCase['wanted'] =>
  (x, { gamma, beta }) =>
    x.map((value, at) => {
      const start = at - (at % size);
      const own = x.slice(start, start + size);
      const mean = own.reduce((a, b) => a + b, 0) / size;
      const variance = own.reduce((sum, each) => sum + (each - mean) ** 2, 0) / size;
      const standard = (value - mean) / Math.sqrt(variance + epsilon);
      return standard * (gamma?.[at - start] ?? 1) + (beta?.[at - start] ?? 0);
    });

const cases: readonly LayerCase[] = [
  { name: 'rows of features', layer: layerNorm(), shape: [5, 19], wanted: wanted(19) },
  {
    name: 'sequences, in training',
    layer: layerNorm({ epsilon: 0.1 }),
    shape: [3, 4, 8],
    training: true,
    wanted: wanted(8, 0.1),
  },
  {
    name: 'several axes together',
    layer: layerNorm({ axes: 2, center: false }),
    shape: [3, 2, 4, 5],
    wanted: wanted(20),
  },
  {
    name: 'not scaled',
    layer: layerNorm({ scale: false }),
    shape: [4, 6],
    wanted: wanted(6),
  },
];

describe.each(cases.map((each) => [each.name, each] as const))('%s', (_name, each) => {
  test.each(layerProperties)('$name', ({ problems }) => expect(problems(each)).toEqual([]));
});

test('an input with too few axes is refused', () => {
  const x = input('x', { shape: [4, 3], batchAxis: 0 });
  const { scope } = createScope({ training: true });
  expect(() => layerNorm({ axes: 2 }).build(x, scope)).toThrow('layerNorm.axes');
  expect(() => layerNorm({ axes: 0 })).toThrow('layerNorm.axes');
});
