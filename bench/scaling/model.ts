import { median } from '../engine/statistics.ts';

/**
 * The time of a synchronous step of N ranks, each on a core of its own, in microseconds:
 *
 *   sum over phases p of (contention x t_p x share_p(N) x straggling_p(N) + barrier + (N - 2) x arrival) + serial
 */
export interface StepModel {
  /** By phase. */
  readonly phases: readonly PhaseModel[];
  /** How much slower a core is while the others work too. */
  readonly contention: number;
  /** Microseconds from the arrival of the last of 2 ranks until both have left. */
  readonly barrier: number;
  /** Microseconds that every further rank adds to it. */
  readonly arrival: number;
  /** Microseconds of a step in which no rank works: between rows of steps. */
  readonly serial: number;
}

export interface PhaseModel {
  /** Microseconds that one rank alone takes. */
  readonly alone: number;
  /** The share of it that the busiest of N ranks has. */
  share(ranks: number): number;
  /** Times of one share, in units of their median. */
  readonly spread: readonly number[];
}

/**
 * The expected maximum of n independent draws from the empirical distribution of some values: with the values sorted and
 * m of them, the maximum is at most value i with probability ((i + 1) / m)^n.
 */
export function expectedMaximum(values: readonly number[], draws: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const count = sorted.length;
  return sorted.reduce(
    (sum, value, at) => sum + value * (((at + 1) / count) ** draws - (at / count) ** draws),
    0,
  );
}

/** In units of their median. */
export function relativeSpread(values: readonly number[]): readonly number[] {
  const middle = median(values);
  return values.map((value) => value / middle);
}

export interface Prediction {
  readonly ranks: number;
  /** Microseconds a step. */
  readonly step: number;
  /** Parts of it: ideal division of the work, uneven shares, stragglers, barriers, and what no rank works in. */
  readonly parts: Readonly<Record<'work' | 'unevenness' | 'stragglers' | 'barriers' | 'serial', number>>;
}

export function predict(
  { phases, contention, barrier, arrival, serial }: StepModel,
  ranks: number,
): Prediction {
  const slowdown = ranks > 1 ? contention : 1;
  const total = (timeOf: (phase: PhaseModel) => number): number =>
    phases.reduce((sum, phase) => sum + slowdown * timeOf(phase), 0);
  const work = total(({ alone }) => alone / ranks);
  const shared = total(({ alone, share }) => alone * share(ranks));
  const straggling = total(
    ({ alone, share, spread }) => alone * share(ranks) * expectedMaximum(spread, ranks),
  );
  const barriers = ranks > 1 ? phases.length * (barrier + (ranks - 2) * arrival) : 0;
  return {
    ranks,
    step: straggling + barriers + serial,
    parts: {
      work,
      unevenness: shared - work,
      stragglers: straggling - shared,
      barriers,
      serial,
    },
  };
}
