import { expect, it } from 'vitest';
import { SpinBudget } from './spinBudget.ts';

it('looks as long as ever while that helps', () => {
  const budget = new SpinBudget(1000);
  for (let wait = 0; wait < 100; wait += 1) {
    expect(budget.next()).toBe(1000);
    budget.learn(1000, true);
  }
});

it('looks half as long after looking in vain, down to not at all, but for one wait in 32', () => {
  const budget = new SpinBudget(1000);
  const spins = Array.from({ length: 64 }, () => {
    const next = budget.next();
    budget.learn(next, false);
    return next;
  });
  expect(spins.slice(0, 11)).toEqual([1000, 500, 250, 125, 62, 31, 15, 7, 3, 1, 0]);
  expect(spins.slice(11).filter((next) => next > 0)).toEqual([1000, 1000]);
});

it('looks as long as ever again once that has helped', () => {
  const budget = new SpinBudget(1000);
  for (let wait = 1; wait < 32; wait += 1) budget.learn(budget.next(), false);
  const tried = budget.next();
  budget.learn(tried, true);
  expect([tried, budget.next(), budget.next()]).toEqual([1000, 1000, 1000]);
});
