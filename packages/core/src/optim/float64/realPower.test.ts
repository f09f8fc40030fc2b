import { expect, test } from 'vitest';
import { exponential } from './exponential.ts';
import { logarithm } from './logarithm.ts';
import { realPower } from './realPower.ts';

/** Largest relative distance from a reference that is itself within an ulp of the truth. */
function worst(
  values: readonly number[],
  ours: (x: number) => number,
  reference: (x: number) => number,
): number {
  return Math.max(...values.map((x) => Math.abs(ours(x) / reference(x) - 1)));
}

const grid = (count: number, from: number, to: number): number[] =>
  Array.from({ length: count }, (_, at) => from + ((to - from) * (at + 0.37)) / count);

test('known values', () => {
  expect(exponential(0)).toBe(1);
  expect(logarithm(1)).toBe(0);
  expect(logarithm(2)).toBe(Math.LN2);
  expect(realPower(0, 0.5)).toBe(0);
  expect(realPower(0, 0)).toBe(1);
  expect(realPower(0.1, 3)).toBe(0.1 * 0.1 * 0.1);
  expect(realPower(2, 0.5)).toBeCloseTo(Math.SQRT2, 15);
});

test('the exponential is within 4e-16 of the truth', () => {
  expect(worst(grid(20_000, -2, 2), exponential, Math.exp)).toBeLessThan(5e-16);
  expect(worst(grid(20_000, -700, 700), exponential, Math.exp)).toBeLessThan(5e-16);
});

test('the logarithm is within 5e-16 of the truth', () => {
  expect(worst(grid(20_000, 0, 3), logarithm, Math.log)).toBeLessThan(6e-16);
  for (const near of [0.9, 0.99, 0.9999, 1.0001, 1.01])
    expect(Math.abs(logarithm(near) / Math.log1p(near - 1) - 1)).toBeLessThan(6e-16);
  expect(worst([5e-324, 1e-300, 1e-10, 1e10, 1e300], logarithm, Math.log)).toBeLessThan(6e-16);
});

test('powers that are no integers', () => {
  const bases = [0.001, 0.1, 0.5, 0.9, 0.999, 1.5, 10, 1e6];
  for (const exponent of [0.1, 0.5, 0.9, 1.5, 3.3, 12.34])
    expect(
      worst(
        bases,
        (x) => realPower(x, exponent),
        (x) => x ** exponent,
      ),
    ).toBeLessThan(1e-14);
});
