import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { EpochEvent } from './events.ts';
import { noPlateau, type ReduceOnPlateauOptions, reduceOnPlateau } from './plateau.ts';
import { rateScale, unsteered } from './rateSteering.ts';

interface Case {
  readonly name: string;
  readonly metrics?: readonly number[];
  readonly learningRates: readonly number[];
}

const url = new URL('../../../../test/fixtures/schedules/schedules.json', import.meta.url);
const cases: readonly Case[] = JSON.parse(readFileSync(url, 'utf8'));

const epoch = (loss: number): EpochEvent => ({
  type: 'epoch',
  epoch: 1,
  epochs: 10,
  step: 1,
  loss,
  metrics: {},
  learningRate: 0.1,
  samplesPerSecond: 1,
});

/** Learning rates before each epoch. */
function rates(options: ReduceOnPlateauOptions, base: number, losses: readonly number[]): number[] {
  let state = { plateau: noPlateau, steering: unsteered };
  return losses.map((loss) => {
    const rate = rateScale(state.steering)(base);
    // As it would cross a thread, or lie on disk.
    state = structuredClone(reduceOnPlateau(options, state.plateau, state.steering, epoch(loss)));
    return rate;
  });
}

// PyTorch counts the epochs that are let pass, we those up to the fall.
test.each([
  ['plateau', { factor: 0.5, patience: 3, minDelta: 0.01 }],
  ['plateau-cooldown-minimum', { factor: 0.3, patience: 2, cooldown: 4, minimum: 0.002 }],
])('%s gives the learning rates of PyTorch', (name, options) => {
  const { metrics = [], learningRates = [] } = cases.find((one) => one.name === name) ?? {};
  const found = rates(options, 0.1, metrics);
  expect(new Set(found).size).toBeGreaterThan(4);
  expect(found.map((rate) => rate.toPrecision(12))).toEqual(
    learningRates.map((rate) => rate.toPrecision(12)),
  );
});

test('the minimum raises no learning rate that is lower by itself', () => {
  const scale = rateScale({ factor: 0.1, minimum: 0.01 });
  expect([0.5, 0.05, 0.001].map(scale)).toEqual([0.05, 0.01, 0.001]);
});

test('refuses a monitor that is not there', () => {
  expect(() => rates({ monitor: 'valLoss' }, 0.1, [1])).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_OPTION', where: { field: 'run.reduceOnPlateau.monitor' } }),
  );
});
