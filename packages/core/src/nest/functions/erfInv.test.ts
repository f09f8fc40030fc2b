import { expect, it } from 'vitest';
import { erfInv } from './erfInv.ts';

/** From an arbitrary-precision library, rounded to float64. */
it.each([
  [1e-10, 8.862269254527581e-11],
  [0.25, 0.2253120550121781],
  [0.5, 0.4769362762044699],
  [0.75, 0.8134198475976185],
  [0.999, 2.3267537655135246],
  [0.9999999403953552, 3.832506856900711],
])('the float64 inverse of erf at %d is right to 14 digits, on both sides of 0', (x, expected) => {
  expect(Math.abs(erfInv.reference(x) / expected - 1)).toBeLessThan(1e-14);
  expect(erfInv.reference(-x)).toBe(-erfInv.reference(x));
});
