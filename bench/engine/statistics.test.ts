import { expect, it } from 'vitest';
import { median, spread, table, thousands } from './statistics.ts';

it('takes the middle value, or the mean of the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 6])).toBe(5.5);
  expect(median([])).toBeNaN();
});

it('prints median, smallest and largest', () => {
  expect(spread([2, 3, 1], 1)).toBe('2.0 [1.0, 3.0]');
});

it('rounds to three figures', () => {
  expect(thousands(253_456)).toBe('253,000');
  expect(thousands(25_345)).toBe('25,300');
  expect(thousands(12)).toBe('12');
});

it('aligns the numbers of a table to the right', () => {
  expect(table(['a', 'b'], [['x', '1']])).toBe('| a | b |\n| --- | ---: |\n| x | 1 |');
});
