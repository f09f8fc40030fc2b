import type { SpanSummary } from '@lockstep/parallel';
import { expect, it } from 'vitest';
import type { Measurement } from './measure.ts';
import { median, summariseRounds } from './summary.ts';
import { scalingTable } from './table.ts';

const rank = (compute: number, update: number, wait: number, medianWaitPerStep: number): SpanSummary => ({
  compute,
  update,
  wait,
  steps: 10,
  medianWaitPerStep,
});

const measured = (
  workers: number,
  samplesPerSecond: number,
  ...ranks: readonly SpanSummary[]
): Measurement => ({ workers, samplesPerSecond, ranks });

const slow = rank(6, 2, 2, 0.001);
/** The machine was half as fast in the second round. */
const rounds = [
  [measured(4, 3000, slow, slow), measured(2, 1000, rank(8, 2, 0, 0), rank(7, 2, 1, 0.003))],
  [measured(4, 1400, slow, slow), measured(2, 500, rank(8, 2, 0, 0), rank(7, 2, 1, 0.005))],
  [measured(4, 3300, slow, slow), measured(2, 1000, rank(8, 2, 0, 0), rank(7, 2, 1, 0.005))],
];

it('takes the median', () => {
  expect(median([3, 1, 10])).toBe(3);
  expect(median([3, 1, 10, 5])).toBe(4);
  expect(median([])).toBeNaN();
});

it('compares numbers of workers within a round, with the fewest', () => {
  const [four, two] = summariseRounds(rounds);
  expect(four).toMatchObject({
    workers: 4,
    samplesPerSecond: { median: 3000, least: 1400, most: 3300 },
    speedUp: { median: 3, least: 2.8, most: 3.3 },
    // Twice the workers are three times as fast.
    efficiency: 1.5,
    shares: { compute: 0.6, update: 0.2, wait: 0.2 },
  });
  expect(two).toMatchObject({ workers: 2, speedUp: { median: 1, least: 1, most: 1 }, efficiency: 1 });
  expect(two?.shares).toEqual({ compute: 0.75, update: 0.2, wait: 0.05 });
  // Waits of a step in milliseconds: three times 0, then 0.003, 0.005 and 0.005.
  expect(two?.waitPerStep).toBe(1.5);
});

it('takes the mean of waits where few steps have one', () => {
  // 100 steps, of which every tenth waits.
  const ranks = [1, 3].map((wait) => ({ ...rank(8, 1, wait, 0), steps: 50 }));
  const rounds = [[measured(2, 1000, ...ranks)]];
  expect(summariseRounds(rounds)[0]?.waitPerStep).toBe(0);
  expect(summariseRounds(rounds, 'local')[0]?.waitPerStep).toBe(40);
});

it('aligns the table', () => {
  const table = scalingTable(summariseRounds(rounds));
  expect(table).toHaveLength(3);
  expect(new Set(table.map(({ length }) => length)).size).toBe(1);
  expect(table[1]?.trim().split(/ {2,}/)).toEqual([
    ...['4', '3,000', '1,400', '3,300', '3.00', '150 %', '60 %', '20 %', '20 %', '1 us'],
  ]);
});
