import { expect, it } from 'vitest';
import { splitSeed } from './seed.ts';

it.each([0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 7, Number.MAX_SAFE_INTEGER])(
  'keeps every bit of %d',
  (seed) => {
    const [low, high] = splitSeed(seed);
    expect(BigInt(high) * 2n ** 32n + BigInt(low)).toBe(BigInt(seed));
  },
);

it.each([-1, 0.5, Number.NaN, Infinity, 2 ** 53])('refuses %d', (seed) => {
  expect(() => splitSeed(seed)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
});
