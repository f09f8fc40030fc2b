import { expect, test } from 'vitest';
import { input, variable } from '../graph/leaves.ts';
import { add, mul, square, sum } from '../ops/index.ts';
import { runOnce } from '../runtime/testing/runOnce.ts';
import { ones, zeros } from './initializers/constant.ts';
import type { Layer } from './layer.ts';
import { createScope } from './scope.ts';

const shift: Layer = {
  kind: 'shift',
  build: (x, scope) =>
    add(
      x,
      scope.variable('by', {
        shape: [x.shape[1] ?? 0],
        initializer: zeros,
        penalty: (variable) => sum(square(variable)),
      }),
    ),
};

const x = input('x', { shape: [4, 3], batchAxis: 0 });

test('paths are joined by dots and the root has none', () => {
  const { scope } = createScope({ training: true });
  expect(scope.path).toBe('');
  expect(scope.child('layers').child('0').path).toBe('layers.0');
  expect(scope.child('layers').child('0').training).toBe(true);
});

test('the same path gives the same variable, and its penalty counts once', () => {
  const { scope, variables, penalties } = createScope({ training: true });
  const bound = scope.layer('shift', shift);
  bound(x);
  bound(x);
  scope.layer('shift', shift)(x);
  expect([...variables.keys()]).toEqual(['shift.by']);
  expect(variables.get('shift.by')?.attributes).toMatchObject({ role: 'parameter', trainable: true });
  expect(penalties.length).toBe(1);
});

test('another layer at the same path is an error', () => {
  const { scope } = createScope({ training: true });
  scope.layer('shift', shift);
  expect(() => scope.layer('shift', { ...shift })).toThrow(
    expect.objectContaining({ code: 'DUPLICATE_NAME' }),
  );
});

test('a shared variable cannot change its shape', () => {
  const { scope } = createScope({ training: true });
  const bound = scope.layer('shift', shift);
  bound(x);
  expect(() => bound(input('wide', { shape: [4, 5], batchAxis: 0 }))).toThrow(
    expect.objectContaining({ code: 'SHAPE_MISMATCH', got: '[5]', wanted: '[3]' }),
  );
});

test('statistics are not trainable unless they ask for it', () => {
  const { scope } = createScope({ training: true });
  const mean = scope.variable('mean', { shape: [2], initializer: zeros, role: 'statistic' });
  const frozen = scope.variable('frozen', { shape: [2], initializer: ones, trainable: false });
  expect(mean.attributes).toMatchObject({ path: 'mean', role: 'statistic', trainable: false });
  expect(frozen.attributes).toMatchObject({ role: 'parameter', trainable: false });
});

test('nothing in a frozen place is trained, whatever the path', () => {
  const { scope, variables } = createScope({ training: true, isFrozen: (path) => path === 'c.by' });
  const inside = scope.child('a').freeze();
  inside.layer('b', shift)(x);
  scope.layer('c', shift)(x);
  scope.layer('d', shift)(x);
  expect(inside.path).toBe('a');
  const trainable = [...variables].map(([path, { attributes }]) => [path, attributes.trainable]);
  expect(trainable).toEqual([
    ['a.b.by', false],
    ['c.by', false],
    ['d.by', true],
  ]);
});

test('layers get what stands in for a variable', () => {
  const { scope, variables } = createScope({
    training: false,
    standIn: ({ attributes }) => variable(`other.${attributes.path}`, attributes.initial),
  });
  const made = scope.variable('w', { shape: [2], initializer: zeros });
  expect(made.attributes.path).toBe('other.w');
  expect(scope.variable('w', { shape: [2], initializer: zeros })).toBe(made);
  expect(variables.get('w')).toBe(made);
});

test.each(['', 'a.b', 'a b', 'ä'])('"%s" is not a name', (name) => {
  const { scope } = createScope({ training: true });
  expect(() => scope.child(name)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
});

test('a statistic that is updated twice takes the second value of the first, in training only', () => {
  const statistic = (training: boolean) => {
    const { scope, updates } = createScope({ training });
    const count = scope.variable('count', { shape: [], initializer: ones, role: 'statistic' });
    scope.update(count, (before) => add(before, 1));
    scope.update(count, (before) => mul(before, 10));
    return { updates, count };
  };
  const { updates, count } = statistic(true);
  const value = updates.get(count) ?? count;
  expect([...updates.keys()]).toEqual([count]);
  expect(runOnce({ value }, { count: [2] }).value).toEqual([30]);
  expect(statistic(false).updates.size).toBe(0);
});
