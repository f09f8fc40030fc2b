import { expect, test } from 'vitest';
import { bitsOf } from '../../runtime/testing/bits.ts';
import { executors, oracle, runGraph } from '../../runtime/testing/executors.ts';
import { runOnce } from '../../runtime/testing/runOnce.ts';
import { fansOf } from './fans.ts';
import {
  constant,
  type Initializer,
  initializers,
  normal,
  orthogonal,
  truncatedNormal,
  uniform,
} from './index.ts';

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
  ['lecunUniform', 1 / 60, true],
  ['lecunNormal', 1 / 60, false],
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

test('a truncated normal keeps within two deviations, and has the moments of what remains', () => {
  const { mean, deviation, most } = momentsOf(draw(truncatedNormal({ deviation: 3 }), [8000]));
  expect(most).toBeLessThanOrEqual(6 * (1 + 2 ** -20));
  expect(most).toBeGreaterThan(5.9);
  // The variance of a normal distribution cut at ±2 is 1 - 4 phi(2) / erf(sqrt 2), 0.7737.
  expect(Math.abs(deviation / (3 * Math.sqrt(0.7737)) - 1)).toBeLessThan(0.03);
  expect(Math.abs(mean)).toBeLessThan((5 * 3) / Math.sqrt(8000));
  const moved = draw(truncatedNormal({ mean: 10, deviation: 1 }), [2000]);
  expect(Math.min(...moved)).toBeGreaterThanOrEqual(8);
  expect(Math.max(...moved)).toBeLessThanOrEqual(12);
});

/** How far the products of all pairs of vectors are from those of orthonormal ones. */
function farFromOrthonormal(vectors: readonly (readonly number[])[]): number {
  const errors = vectors.flatMap((a, i) =>
    vectors.map((b, j) => {
      const product = a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
      return Math.abs(product - (i === j ? 1 : 0));
    }),
  );
  return Math.max(...errors);
}

test.each([
  [[1, 1], 1],
  [[2, 2], 1],
  [[24, 24], 1],
  [[50, 7], 1],
  [[7, 50], 1],
  [[3, 2, 4, 10], 2.5],
])('orthogonal of %j with gain %d has orthonormal columns or rows', (of, gain) => {
  const columns = of.at(-1) ?? 1;
  const values = draw(orthogonal({ gain }), of).map((value) => value / gain);
  const rows = Array.from({ length: values.length / columns }, (_, at) =>
    values.slice(at * columns, (at + 1) * columns),
  );
  const transposed = Array.from({ length: columns }, (_, at) => rows.map((row) => row[at] ?? 0));
  expect(farFromOrthonormal(rows.length <= columns ? rows : transposed)).toBeLessThan(3e-6);
});

test('an orthogonal matrix has the same bits on every executor', () => {
  const x = initializers.orthogonal([9, 21], 'layers.0.weight');
  const graph = { name: 'initial', outputs: { x }, updates: [] };
  const sizes = { batchSize: 0, lanes: 1 };
  const wanted = bitsOf(runGraph(oracle, graph, sizes, seed)['x'] ?? []);
  for (const [name, make] of Object.entries(executors))
    expect(bitsOf(runGraph(make, graph, sizes, seed)['x'] ?? []), name).toEqual(wanted);
});

test('an orthogonal matrix is another one for every path, and points nowhere in particular', () => {
  const size = 50;
  const values = draw(orthogonal(), [size, size]);
  const diagonal = values.filter((_value, at) => at % (size + 1) === 0);
  // An element has mean 0 and variance 1 / size; the means are within 5 standard errors.
  expect(Math.abs(momentsOf(values).mean)).toBeLessThan(5 / size ** 1.5);
  expect(Math.abs(momentsOf(diagonal).mean)).toBeLessThan(5 / size);
  expect(draw(orthogonal(), [3, 3], 'a')).not.toEqual(draw(orthogonal(), [3, 3], 'b'));
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
  expect(() => truncatedNormal({ deviation: -1 })).toThrow('truncatedNormal.deviation');
  expect(() => orthogonal({ gain: 0 })).toThrow('orthogonal.gain');
  expect(() => draw(orthogonal(), [5])).toThrow('only a matrix');
});
