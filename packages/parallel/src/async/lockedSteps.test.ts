import {
  type Dataset,
  defineRun,
  dense,
  fromArrays,
  type Run,
  type RunOptions,
  sequential,
  sgd,
} from '@lockstep/core';
import { describe, expect, it } from 'vitest';
import { train } from '../coordinator/train.ts';
import type { Mode } from './mode.ts';

const [batches, features] = [48, 64];

const points = (target: (row: number) => number): Dataset =>
  fromArrays({
    x: Array.from({ length: 4 * batches }, (_, row) =>
      Array.from({ length: features }, (_, column) => (((row + 1) * (column + 3)) % 17) / 17 - 0.5),
    ),
    y: Array.from({ length: 4 * batches }, (_, row) => [target(row)]),
  });

/** Steps that are mostly their gradients, which workers compute side by side. */
const wideRun = (options: Partial<RunOptions> = {}): Run =>
  defineRun({
    data: points((row) => (row % 5) / 5),
    model: sequential(dense(32, { activation: 'tanh' }), dense(1)),
    loss: 'meanSquaredError',
    optimizer: sgd({ learningRate: 0.01 }),
    epochs: 1,
    batchSize: 4,
    ...options,
  });

const workers = 3;

/** Which worker read the weights for a step, or applied the step's gradient. */
interface Entry {
  readonly worker: number;
  readonly applies: boolean;
}

/** Of each pair of numbers the first one: the second is the step. */
const entriesOf = (order: Int32Array): readonly Entry[] =>
  [...order]
    .filter((_, at) => at % 2 === 0)
    .map((word) => ({ worker: Math.floor(word / 2), applies: word % 2 === 1 }));

/** How many steps more a worker has made, where it reads the weights for its next one, than another that is to make more; at most. */
function greatestLead(order: Int32Array): number {
  const entries = entriesOf(order);
  const made = Array.from({ length: workers }, () => 0);
  const last = made.map((_, worker) => entries.findLastIndex((entry) => entry.worker === worker));
  let lead = 0;
  for (const [at, { worker, applies }] of entries.entries()) {
    const own = made[worker] ?? 0;
    if (applies) made[worker] = own + 1;
    else
      for (const [other, steps] of made.entries())
        if (at < (last[other] ?? -1)) lead = Math.max(lead, own - steps);
  }
  expect(made.reduce((total, steps) => total + steps, 0)).toBe(batches);
  return lead;
}

/** Of all epochs, with a worker that is slower than the others by far. On a busy machine one of them may make an epoch alone. */
async function leadOf(mode: Mode): Promise<number> {
  const leads: number[] = [];
  const epochs = 20;
  await train(wideRun({ epochs }), {
    workers,
    mode,
    slow: { rank: 1, factor: 10 },
    onOrder: (order) => leads.push(greatestLead(order)),
  });
  expect(leads).toHaveLength(epochs);
  return Math.max(...leads);
}

describe('with a worker that is slow', () => {
  it.each([0, 1])('others are at most as far ahead as they may be: %d', async (bound) => {
    expect(await leadOf({ name: 'stale', bound })).toBeLessThanOrEqual(bound);
  });

  it('others are further ahead where there is no bound', async () => {
    expect(await leadOf({ name: 'hogwild' })).toBeGreaterThan(1);
  });
});

/** How many updates that its gradient did not see an update came after, at most, with a slow worker and an order that nobody keeps. */
async function latestUpdate(bound: number): Promise<number> {
  const epochs = 20;
  const { staleness = [] } = await train(wideRun({ epochs }), {
    workers,
    mode: { name: 'stale', bound },
    slow: { rank: 1, factor: 10 },
  });
  expect(staleness.reduce((total, { updates }) => total + updates, 0)).toBe(epochs * batches);
  return Math.max(...staleness.map(({ max }) => max));
}

it('updates in an order that nobody keeps are at most as late as clocks allow', async () => {
  const bound = 1;
  // Another worker is at most `bound` steps behind where a step begins, and `bound` + 1 ahead where it ends.
  const most = (workers - 1) * (2 * bound + 1);
  expect(await latestUpdate(bound)).toBeLessThanOrEqual(most);
  expect(await latestUpdate(batches)).toBeGreaterThan(most);
});

it('stale ends at the step whose loss is not finite, whatever its weights are', async () => {
  const step = 30;
  const far = 3e38;
  const run = wideRun({ shuffle: false, data: points((row) => (row === 4 * (step - 1) ? far : 0.5)) });
  await expect(train(run, { workers: 2, mode: 'stale' })).rejects.toMatchObject({
    code: 'DIVERGED',
    message: expect.stringContaining(`diverged at step ${step}:`),
  });
});
