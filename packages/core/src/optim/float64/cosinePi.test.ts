import { expect, test } from 'vitest';
import { cosinePi } from './cosinePi.ts';

test('known values', () => {
  expect(cosinePi(0)).toBe(1);
  expect(cosinePi(0.5)).toBeCloseTo(0, 15);
  expect(cosinePi(1)).toBe(-1);
  expect(cosinePi(1 / 3)).toBeCloseTo(0.5, 15);
  expect(cosinePi(0.25)).toBeCloseTo(Math.SQRT1_2, 15);
});

test('no further than 4e-16 from the cosine', () => {
  let worst = 0;
  for (let i = 0; i <= 20_000; i++) {
    const x = i / 20_000;
    // sin(pi (1/2 - x)) where it is the more accurate reference: the argument is small and exact.
    const exact = x > 0.25 && x < 0.75 ? Math.sin(Math.PI * (0.5 - x)) : Math.cos(Math.PI * x);
    worst = Math.max(worst, Math.abs(cosinePi(x) - exact));
  }
  expect(worst).toBeLessThan(4e-16);
});
