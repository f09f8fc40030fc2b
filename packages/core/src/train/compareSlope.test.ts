import { describe, expect, it } from 'vitest';
import { compareSlope } from './compareSlope.ts';

describe('compareSlope', () => {
  it.each([
    ['a parabola', (x: number) => 3 + 2 * x - 5 * x * x, 2],
    ['an exponential', (x: number) => Math.exp(7 * x), 7],
    ['a flat place', (x: number) => 1 + x * x, 0],
    ['a kink not far away', (x: number) => 1 + x + Math.max(0, x - 2e-5), 1],
    ['nothing at all', () => 0, 0],
  ])('knows the derivative of %s', (_, loss, derivative) => {
    expect(compareSlope(loss, derivative, 1e-6).verdict).toBe('right');
  });

  it.each([
    ['twice as large', 4],
    ['of the other sign', -2],
    ['off by a thousandth', 2.002],
    ['0', 0],
    ['not a number', Number.NaN],
  ])('finds a derivative that is %s', (_, claimed) => {
    const { verdict, numeric, analytic } = compareSlope((x) => 3 + 2 * x - 5 * x * x, claimed, 1e-6);
    expect(verdict).toBe('wrong');
    expect(analytic).toBe(claimed);
    if (!Number.isNaN(claimed)) expect(numeric).toBeCloseTo(2, 8);
  });

  it.each([0, 0.5, 1])('calls the corner of max(x, 0) a kink, whatever is said of it: %f', (claimed) => {
    const found = compareSlope((x) => 1 + Math.max(x, 0), claimed, 1e-6);
    if (claimed === 0.5) expect(found.verdict).toBe('right');
    else expect(found).toMatchObject({ verdict: 'kink', numeric: expect.closeTo(0.5, 6) });
    if (found.verdict === 'kink') {
      expect(found.left).toBeCloseTo(0, 6);
      expect(found.right).toBeCloseTo(1, 6);
    }
  });

  it('finds a loss that is no number', () => {
    expect(compareSlope(() => Number.NaN, 1, 1e-6).verdict).toBe('wrong');
  });
});
