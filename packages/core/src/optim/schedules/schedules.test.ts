import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LockstepError } from '../../errors.ts';
import { byEpoch, constant, cosine, exponential, oneCycle, polynomial, step, withWarmup } from './index.ts';

interface Fixture {
  readonly optimizer: { readonly lr: number };
  readonly schedule: { readonly warmupSteps: number; readonly totalSteps: number; readonly minLr: number };
  readonly learningRates: readonly number[];
}

function fixture(name: string): Fixture {
  const url = new URL(`../../../../../test/fixtures/pytorch/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Fixture;
}

test('a constant schedule ignores the step', () => {
  const schedule = constant(0.1);
  expect([0, 1, 99].map((step) => schedule(step, 100))).toEqual([0.1, 0.1, 0.1]);
});

test('a cosine falls from start to end, is half way at half time, and stays at its end', () => {
  const schedule = cosine({ learningRate: 1, minimum: 0.5 });
  expect([0, 50, 100, 101].map((step) => schedule(step, 100))).toEqual([1, 0.75, 0.5, 0.5]);
});

test('a cosine of a given length does not follow the length of the run', () => {
  const schedule = cosine({ learningRate: 1, totalSteps: 10 });
  expect(schedule(5, 1000)).toBe(0.5);
  expect(schedule(10, 1000)).toBe(0);
});

test('warm-up rises by equal steps and hands over at the full rate', () => {
  const schedule = withWarmup(constant(0.8), 4);
  expect([0, 1, 2, 3, 4, 5].map((step) => schedule(step, 100))).toEqual([
    0.2, 0.4, 0.6000000000000001, 0.8, 0.8, 0.8,
  ]);
});

test('a warm-up as long as the run never divides by zero', () => {
  expect(withWarmup(cosine({ learningRate: 1, minimum: 0.25 }), 4)(4, 4)).toBe(0.25);
});

test.each(['sgd-cosine-warmup-relu-sparse-cross-entropy', 'adamw-clip-cosine-warmup-sparse-cross-entropy'])(
  'cosine with warm-up gives the learning rates of %s',
  (name) => {
    const { optimizer, schedule: given, learningRates } = fixture(name);
    const schedule = withWarmup(
      cosine({ learningRate: optimizer.lr, minimum: given.minLr }),
      given.warmupSteps,
    );
    for (const [step, rate] of learningRates.entries())
      expect(Math.abs(schedule(step, given.totalSteps) / rate - 1)).toBeLessThan(1e-15);
  },
);

test('by epoch, a schedule sees epochs, and nothing inside them', () => {
  const schedule = byEpoch(step({ learningRate: 1, factor: 0.5, every: 2 }));
  expect([0, 9, 10, 19, 20, 40].map((at) => schedule(at, 60, 10))).toEqual([1, 1, 1, 1, 0.5, 0.25]);
  const seen: number[] = [];
  byEpoch((epoch, epochs) => seen.push(epoch, epochs))(25, 60, 10);
  expect(seen).toEqual([2, 6]);
  // Warm-up counts steps, the rest epochs.
  expect([0, 4, 24, 25].map((at) => withWarmup(schedule, 5)(at, 60, 10))).toEqual([0.2, 1, 1, 0.5]);
});

test('exponential decay goes by parts of `every`, and no lower than its minimum', () => {
  const schedule = exponential({ learningRate: 0.8, factor: 0.25, every: 4, minimum: 0.1 });
  expect([0, 2, 4, 100].map((at) => schedule(at, 100))).toEqual([0.8, expect.closeTo(0.4, 15), 0.2, 0.1]);
});

test('polynomial decay stays at its minimum', () => {
  const schedule = polynomial({ learningRate: 1, minimum: 0.5, power: 2, totalSteps: 10 });
  expect([0, 5, 10, 50].map((at) => schedule(at, 100))).toEqual([1, 0.625, 0.5, 0.5]);
});

test.each([1, 2, 3, 4, 10])('one cycle fits into a run of %i steps', (steps) => {
  const rates = Array.from({ length: steps + 2 }, (_, at) => oneCycle({ learningRate: 0.5 })(at, steps));
  for (const rate of rates) expect(rate >= 0.5 / 25e4 && rate <= 0.5).toBe(true);
  expect(rates.slice(steps)).toEqual([0.5 / 25 / 1e4, 0.5 / 25 / 1e4]);
});

test('bad options are refused', () => {
  expect(() => cosine({ learningRate: -1 })).toThrow(LockstepError);
  expect(() => cosine({ learningRate: 1, totalSteps: 0 })).toThrow('cosine.totalSteps');
  expect(() => step({ learningRate: 1 })).toThrow('neither');
  expect(() => step({ learningRate: 1, every: 2, at: [1] })).toThrow('both');
  expect(() => step({ learningRate: 1, at: [3, 2] })).toThrow('step.at');
  expect(() => exponential({ learningRate: 1, factor: -1 })).toThrow('exponential.factor');
  expect(() => polynomial({ learningRate: 1, power: 0 })).toThrow('polynomial.power');
  expect(() => oneCycle({ learningRate: 1, rise: 1 })).toThrow('oneCycle.rise');
  expect(() => withWarmup(constant(1), 1.5)).toThrow('withWarmup.steps');
});
