import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exponential, oneCycle, polynomial, step } from './index.ts';

interface Case {
  readonly name: string;
  readonly learningRates: readonly number[];
}

const url = new URL('../../../../../test/fixtures/schedules/schedules.json', import.meta.url);
const cases: readonly Case[] = JSON.parse(readFileSync(url, 'utf8'));

test.each([
  ['step', step({ learningRate: 0.1, factor: 0.3, every: 7 })],
  ['multi-step', step({ learningRate: 0.1, factor: 0.5, at: [3, 20, 21, 45] })],
  ['exponential', exponential({ learningRate: 0.1, factor: 0.93 })],
  ['polynomial', polynomial({ learningRate: 0.1, power: 2.5, totalSteps: 40 })],
  ['linear', polynomial({ learningRate: 0.1 })],
  ['one-cycle', oneCycle({ learningRate: 0.4 })],
  [
    'one-cycle-linear',
    oneCycle({ learningRate: 0.4, rise: 0.45, startDivisor: 10, endDivisor: 100, shape: 'linear' }),
  ],
])('%s gives the learning rates of PyTorch', (name, schedule) => {
  const found = cases.find((one) => one.name === name);
  const { learningRates = [] } = found ?? {};
  expect(learningRates.length).toBe(60);
  for (const [at, rate] of learningRates.entries())
    expect(Math.abs(schedule(at, 60) - rate), `step ${at}`).toBeLessThan(1e-14 * Math.max(rate, 0.1));
});
