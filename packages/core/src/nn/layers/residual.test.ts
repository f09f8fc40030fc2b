import { describe, expect, test } from 'vitest';
import { input } from '../../graph/leaves.ts';
import { createScope } from '../scope.ts';
import { type LayerCase, layerProperties } from '../testing/layerProperties.ts';
import { tanh } from './activation.ts';
import { dense } from './dense.ts';
import { residual } from './residual.ts';

const cases: readonly LayerCase[] = [
  {
    name: 'past a tanh',
    layer: residual(tanh()),
    shape: [5, 7],
    wanted: (x) => x.map((value) => value + Math.tanh(value)),
  },
  {
    name: 'with a projection',
    layer: residual(dense(2, { useBias: false }), { shortcut: dense(2) }),
    shape: [4, 1],
    wanted: (x, { 'layer.weight': w = [], 'shortcut.weight': p = [], 'shortcut.bias': b = [] }) =>
      x.flatMap((value) => [0, 1].map((at) => value * ((w[at] ?? 0) + (p[at] ?? 0)) + (b[at] ?? 0))),
  },
];

describe.each(cases.map((each) => [each.name, each] as const))('%s', (_name, each) => {
  test.each(layerProperties)('$name', ({ problems }) => expect(problems(each)).toEqual([]));
});

test('a layer that changes the shape needs a shortcut that does, and the error says so', () => {
  const { scope } = createScope({ training: false });
  const x = input('x', { shape: [4, 3], batchAxis: 0 });
  expect(() => residual(dense(5)).build(x, scope)).toThrow('shortcut: dense(5)');
});
