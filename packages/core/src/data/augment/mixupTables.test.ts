import { describe, expect, it } from 'vitest';
import { mixupDistance, mixupShare } from './mixupTables.ts';

const draw = { seed: 5, purpose: 'augment.0', epoch: 2 };

describe('mixupShare', () => {
  // Of Beta(a, a) the mean square distance from 1/2 is 1 / (4 (2 a + 1)), whichever part is called the larger.
  it.each([0.05, 0.2, 0.5, 1, 1.7, 2])('is the larger part of Beta(%d, %d)', (alpha) => {
    const shares = Array.from({ length: 20_000 }, (_, row) => mixupShare(row, alpha, draw));
    for (const share of shares) expect(share >= 0.5 && share <= 1).toBe(true);
    const spread = shares.reduce((sum, share) => sum + (share - 0.5) ** 2, 0) / shares.length;
    expect(spread * 4 * (2 * alpha + 1)).toBeCloseTo(1, 1);
  });

  it('is evenly spread for alpha 1', () => {
    const tenths = new Array<number>(5).fill(0);
    for (let row = 0; row < 20_000; row++) {
      const tenth = Math.floor((mixupShare(row, 1, draw) - 0.5) * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 4000)).toBeLessThan(4 * Math.sqrt(4000));
  });

  it('depends on row, epoch, seed and purpose', () => {
    const share = mixupShare(3, 0.4, draw);
    expect(mixupShare(3, 0.4, { ...draw })).toBe(share);
    expect(mixupShare(4, 0.4, draw)).not.toBe(share);
    for (const change of [{ epoch: 3 }, { seed: 6 }, { purpose: 'augment.1' }])
      expect(mixupShare(3, 0.4, { ...draw, ...change })).not.toBe(share);
  });
});

it('mixupDistance never finds a row itself, and finds all others', () => {
  expect(mixupDistance(1, 0, draw)).toBe(0);
  const found = new Set(Array.from({ length: 300 }, (_, step) => mixupDistance(7, step, draw)));
  expect([...found].sort()).toEqual([1, 2, 3, 4, 5, 6]);
});
