import { expect, test } from 'vitest';
import { LockstepError } from '../errors.ts';
import { lion } from './lion.ts';
import { gradients, start, trajectory } from './testing/trajectory.ts';

/** Algorithm 2 of the paper, one number at a time: eta_t is the learning rate, lambda the weight decay. */
function published(eta: number, beta1: number, beta2: number, lambda: number): number[][] {
  const m = start.map(() => 0);
  let theta = [...start];
  return gradients.map((gradient) => {
    theta = theta.map((value, at) => {
      const [g = 0, moment = 0] = [gradient[at], m[at]];
      const c = beta1 * moment + (1 - beta1) * g;
      m[at] = beta2 * moment + (1 - beta2) * g;
      return value - eta * (Math.sign(c) + lambda * value);
    });
    return theta;
  });
}

test.each([
  [{ learningRate: 0.01 }, published(0.01, 0.9, 0.99, 0)],
  [{ learningRate: 0.03, beta1: 0.5, beta2: 0.8, weightDecay: 0.2 }, published(0.03, 0.5, 0.8, 0.2)],
])('Lion with %o follows the published rule', (options, wanted) => {
  for (const [step, row] of trajectory(lion(options)).entries())
    for (const [at, value] of row.entries())
      expect(Math.abs(value - (wanted[step]?.[at] ?? Number.NaN))).toBeLessThan(1e-15);
});

test('what has never had a gradient stays where it is', () => {
  expect(trajectory(lion({ learningRate: 0.1 }), [3, 1], [[0, 1]])).toEqual([[3, 0.9]]);
});

test('bad options are refused', () => {
  expect(() => lion({ beta2: 1 })).toThrow(LockstepError);
  expect(() => lion({ weightDecay: -1 })).toThrow('lion.weightDecay');
});
