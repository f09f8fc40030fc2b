import { describe, expect, test } from 'vitest';
import { input } from '../../graph/leaves.ts';
import { createScope } from '../scope.ts';
import { type LayerCase, layerProperties } from '../testing/layerProperties.ts';
import { tanh } from './activation.ts';
import { add } from './add.ts';
import { dense } from './dense.ts';

const cases: readonly LayerCase[] = [
  {
    name: 'two activations',
    layer: add([tanh(), { kind: 'same', build: (x) => x }]),
    shape: [5, 7],
    wanted: (x) => x.map((value) => Math.tanh(value) + value),
  },
  {
    name: 'branches with weights of their own',
    layer: add([dense(1), tanh(), dense(1, { useBias: false })]),
    shape: [3, 1],
    wanted: (x, { 'branches.0.weight': a, 'branches.0.bias': b, 'branches.2.weight': c }) =>
      x.map((value) => value * ((a?.[0] ?? 0) + (c?.[0] ?? 0)) + (b?.[0] ?? 0) + Math.tanh(value)),
  },
];

describe.each(cases.map((each) => [each.name, each] as const))('%s', (_name, each) => {
  test.each(layerProperties)('$name', ({ problems }) => expect(problems(each)).toEqual([]));
});

test('branches that do not fit each other are refused', () => {
  const { scope } = createScope({ training: false });
  const x = input('x', { shape: [4, 3], batchAxis: 0 });
  expect(() => add([dense(3), dense(1)]).build(x, scope)).toThrow('[4, 3] and [4, 1]');
  expect(() => add([])).toThrow('no branches');
});
