import { type ModeName, type SpanKind, type SpanSummary, shareOfTime } from '@lockstep/parallel';
import type { Measurement } from './measure.ts';

/** A median, with the smallest and the largest. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** What a number of workers brings. */
export interface ScalingRow {
  readonly workers: number;
  readonly samplesPerSecond: Spread;
  /** How many times as fast as the fewest workers, in the same round. */
  readonly speedUp: Spread;
  /** Speed-up for each worker: 1 is perfect. */
  readonly efficiency: number;
  /** Shares of the workers' time; their sum is 1. */
  readonly shares: Readonly<Record<SpanKind, number>>;
  /** Microseconds that a worker waits in a step: half of the steps less, or, where few steps have a wait at all, the mean. */
  readonly waitPerStep: number;
}

/** Median of the values; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** Milliseconds that a worker waits in a step. */
function waitPerStep(ranks: readonly SpanSummary[], mode: ModeName): number {
  if (mode === 'sync') return median(ranks.map(({ medianWaitPerStep }) => medianWaitPerStep));
  const sum = (of: (rank: SpanSummary) => number): number =>
    ranks.reduce((total, rank) => total + of(rank), 0);
  return sum(({ wait }) => wait) / sum(({ steps }) => steps);
}

/**
 * Sums up rounds in each of which every number of workers was measured once, in the same order: numbers are compared
 * within a round, because what slows the machine down meanwhile slows all of them.
 *
 * @returns one row for each number of workers, in the order of a round
 */
export function summariseRounds(
  rounds: readonly (readonly Measurement[])[],
  mode: ModeName = 'sync',
): readonly ScalingRow[] {
  const counts = rounds[0]?.map(({ workers }) => workers) ?? [];
  const fewest = Math.min(...counts);
  const base = counts.indexOf(fewest);
  const rate = (round: readonly Measurement[], position: number): number =>
    round[position]?.samplesPerSecond ?? Number.NaN;
  return counts.map((workers, position) => {
    const speedUp = spreadOf(rounds.map((round) => rate(round, position) / rate(round, base)));
    const ranks = rounds.flatMap((round) => round[position]?.ranks ?? []);
    return {
      workers,
      samplesPerSecond: spreadOf(rounds.map((round) => rate(round, position))),
      speedUp,
      efficiency: (speedUp.median * fewest) / workers,
      shares: shareOfTime(ranks),
      waitPerStep: 1000 * waitPerStep(ranks, mode),
    };
  });
}
