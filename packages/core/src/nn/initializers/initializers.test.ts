import { expect, test } from 'vitest';
import { runOnce } from '../../runtime/testing/runOnce.ts';
import { fansOf } from './fans.ts';
import { constant, type Initializer, initializers, normal, uniform } from './index.ts';

const seed = { 'seed.low': [17], 'seed.high': [0], step: [0] };

function draw(
  initializer: Initializer,
  shape: readonly number[],
  path = 'layers.0.weight',
): readonly number[] {
  return runOnce({ x: initializer(shape, path) }, seed).x;
}

function momentsOf(values: readonly number[]): { mean: number; deviation: number; most: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance), most: Math.max(...values.map(Math.abs)) };
}

test('fans of vectors, dense weights and convolution kernels', () => {
  expect(fansOf([7])).toEqual({ in: 7, out: 7 });
  expect(fansOf([3, 5])).toEqual({ in: 3, out: 5 });
  expect(fansOf([3, 3, 16, 32])).toEqual({ in: 144, out: 288 });
});

const shape = [60, 100];

test.each([
  ['glorotUniform', 2 / 160, true],
  ['glorotNormal', 2 / 160, false],
  ['heUniform', 2 / 60, true],
  ['heNormal', 2 / 60, false],
] as const)('%s has its variance, and a uniform one its bound', (name, variance, bounded) => {
  const { mean, deviation, most } = momentsOf(draw(initializers[name], shape));
  const wanted = Math.sqrt(variance);
  // 6000 draws: the mean is within 5 standard errors, the deviation within 5%.
  expect(Math.abs(mean)).toBeLessThan((5 * wanted) / Math.sqrt(6000));
  expect(Math.abs(deviation / wanted - 1)).toBeLessThan(0.05);
  if (bounded) expect(most).toBeLessThanOrEqual(Math.sqrt(3) * wanted * (1 + 2 ** -23));
  else expect(most).toBeGreaterThan(3 * wanted);
});

test('uniform and normal take their options', () => {
  const flat = draw(uniform({ low: 2, high: 3 }), [1000]);
  expect(Math.min(...flat)).toBeGreaterThanOrEqual(2);
  expect(Math.max(...flat)).toBeLessThanOrEqual(3);
  const { mean, deviation } = momentsOf(draw(normal({ mean: 10, deviation: 2 }), [4000]));
  expect(Math.abs(mean - 10)).toBeLessThan(0.2);
  expect(Math.abs(deviation - 2)).toBeLessThan(0.12);
});

test('constants', () => {
  expect(draw(initializers.zeros, [2, 2])).toEqual([0, 0, 0, 0]);
  expect(draw(initializers.ones, [3])).toEqual([1, 1, 1]);
  expect(draw(constant(0.25), [])).toEqual([0.25]);
});

test('values depend on path and seed, and on nothing else', () => {
  const first = draw(initializers.glorotUniform, [4, 4]);
  expect(draw(initializers.glorotUniform, [4, 4])).toEqual(first);
  expect(draw(initializers.glorotUniform, [4, 4], 'layers.2.weight')).not.toEqual(first);
  const other = runOnce(
    { x: initializers.glorotUniform([4, 4], 'layers.0.weight') },
    { ...seed, 'seed.low': [18] },
  ).x;
  expect(other).not.toEqual(first);
});

test('bad options are refused', () => {
  expect(() => uniform({ low: 1, high: 0 })).toThrow('uniform.low');
  expect(() => normal({ deviation: -1 })).toThrow('normal.deviation');
});
