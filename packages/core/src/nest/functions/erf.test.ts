import { expect, it } from 'vitest';
import { erfcReference, erfReference } from './erf.ts';

/** From an arbitrary-precision library, rounded to float64. */
it.each([
  [1e-10, 1.1283791670955126e-10],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [1.9999, 0.9953201979070294],
  [2, 0.9953222650189527],
  [3, 0.9999779095030014],
])('the float64 erf of %d is right to 15 digits, on both sides of 0', (x, expected) => {
  expect(Math.abs(erfReference(x) / expected - 1)).toBeLessThan(1e-15);
  expect(erfReference(-x)).toBe(-erfReference(x));
});

it.each([
  [-1, 1.8427007929497148],
  [1, 0.15729920705028513],
  [2, 0.004677734981047266],
  [4, 1.541725790028002e-8],
  [10, 2.088487583762545e-45],
])('the float64 complement at %d is right to 14 digits', (x, expected) => {
  expect(Math.abs(erfcReference(x) / expected - 1)).toBeLessThan(1e-14);
});
