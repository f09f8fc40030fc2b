import { expect, it } from 'vitest';
import { lossAfter, timeToLoss } from './timeToLoss.ts';

const curve = [
  { seconds: 1, loss: 0.8 },
  { seconds: 2, loss: 0.4 },
  { seconds: 4, loss: 0.5 },
  { seconds: 6, loss: 0.2 },
];

it('takes a curve to go straight between its points', () => {
  expect(timeToLoss(curve, 0.6)).toBeCloseTo(1.5);
  expect(timeToLoss(curve, 0.4)).toBe(2);
  expect(timeToLoss(curve, 0.3)).toBeCloseTo(4 + 4 / 3);
});

it('takes the first time that a loss is reached', () => {
  expect(timeToLoss(curve, 0.45)).toBeCloseTo(1.875);
});

it('knows nothing before the first point, and nothing after the last', () => {
  expect(timeToLoss(curve, 0.9)).toBe(1);
  expect(timeToLoss(curve, 0.1)).toBe(Number.POSITIVE_INFINITY);
});

it('takes a loss from a part of the curve', () => {
  expect(lossAfter(curve, 0.5)).toBe(0.4);
  expect(lossAfter(curve, 1)).toBe(0.2);
});
