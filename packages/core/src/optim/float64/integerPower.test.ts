import { expect, test } from 'vitest';
import { integerPower } from './integerPower.ts';

test('powers that float64 holds exactly are exact', () => {
  expect(integerPower(0.9, 0)).toBe(1);
  expect(integerPower(2, 100)).toBe(2 ** 100);
  expect(integerPower(0.5, 1000)).toBe(2 ** -1000);
  expect(integerPower(3, 33)).toBe(5559060566555523);
  expect(integerPower(10, 22)).toBe(1e22);
});

test.each([0.9, 0.99, 0.999])('%d to a power stays within exponent x 2^-53 of the exact rational', (base) => {
  const numerator = BigInt(base * 2 ** 53);
  for (const exponent of [1, 2, 3, 7, 20, 63, 255, 1000]) {
    // Fixed point with 210 fractional bits: enough for every bit of 0.9^1000.
    const exact = ((numerator ** BigInt(exponent)) << 210n) >> BigInt(53 * exponent);
    const difference = BigInt(integerPower(base, exponent) * 2 ** 210) - exact;
    expect(Math.abs(Number(difference) / Number(exact))).toBeLessThan(exponent * 2 ** -53);
  }
});
