import { expect, it } from 'vitest';
import { expectedMaximum, predict, relativeSpread, type StepModel } from './model.ts';

it('expects the maximum that all draws together have', () => {
  const values = [3, 1, 2];
  const pairs = values.flatMap((a) => values.map((b) => Math.max(a, b)));
  expect(expectedMaximum(values, 1)).toBeCloseTo(2);
  expect(expectedMaximum(values, 2)).toBeCloseTo(pairs.reduce((a, b) => a + b) / pairs.length);
  expect(expectedMaximum(values, 1000)).toBeCloseTo(3);
});

it('measures a spread in medians', () => {
  expect(relativeSpread([2, 4, 12])).toEqual([0.5, 1, 3]);
});

const steady: StepModel = {
  phases: [
    { alone: 100, share: (ranks) => 1 / ranks, spread: [1] },
    { alone: 60, share: (ranks) => Math.ceil(3 / ranks) / 3, spread: [1] },
  ],
  contention: 1.1,
  barrier: 2,
  arrival: 0.5,
  serial: 5,
};

it('one rank alone pays for its work and for what nobody works in', () => {
  expect(predict(steady, 1).step).toBeCloseTo(165);
});

it('two ranks share what can be cut in half, and pay for barriers and contention', () => {
  const { step, parts } = predict(steady, 2);
  expect(step).toBeCloseTo(1.1 * (50 + 40) + 2 * 2 + 5);
  expect(parts.unevenness).toBeCloseTo(1.1 * 10);
  expect(parts.stragglers).toBeCloseTo(0);
  expect(Object.values(parts).reduce((a, b) => a + b)).toBeCloseTo(step);
});

it('every further rank arrives at every barrier', () => {
  expect(predict(steady, 10).parts.barriers).toBeCloseTo(2 * (2 + 8 * 0.5));
});

it('a step takes as long as its slowest rank', () => {
  const phases = steady.phases.map((phase) => ({ ...phase, spread: [0.9, 1, 1.4] }));
  const { parts, step } = predict({ ...steady, phases }, 1000);
  expect(parts.stragglers).toBeCloseTo(1.1 * 0.4 * (0.1 + 20));
  expect(Object.values(parts).reduce((a, b) => a + b)).toBeCloseTo(step);
});
