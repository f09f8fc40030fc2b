import { expect, it } from 'vitest';
import { StepNumbers } from './stepNumbers.ts';

it('rows of steps are numbered one after another, and from 0 again where a number would not fit into a word', () => {
  const numbers = new StepNumbers();
  expect([1, 45, 45].map((steps) => numbers.take(steps))).toEqual([0, 1, 46]);
  expect([2 ** 30 - 91, 3, 5].map((steps) => numbers.take(steps))).toEqual([91, 0, 3]);
});
