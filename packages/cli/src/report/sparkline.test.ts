import { expect, it } from 'vitest';
import { sparkline } from './sparkline.ts';

it('goes from the lowest value to the highest', () => {
  expect(sparkline([7, 6, 5, 4, 3, 2, 1, 0], 8)).toBe('█▇▆▅▄▃▂▁');
  expect(sparkline([0.25, 0.25], 8)).toBe('▁▁');
  expect(sparkline([], 8)).toBe('');
});

it('averages what does not fit, and leaves out what is no number', () => {
  expect(sparkline([0, 0, 0, 14, 14, 14], 2)).toBe('▁█');
  expect(sparkline([Number.NaN, 0, Number.POSITIVE_INFINITY, 1], 8)).toBe('▁█');
});
