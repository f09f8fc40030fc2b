import type { WorkerStaleness } from './events.ts';

/** What a histogram of staleness says. */
export function stalenessOf(histogram: readonly number[]): WorkerStaleness {
  const updates = histogram.reduce((sum, count) => sum + count, 0);
  const total = histogram.reduce((sum, count, staleness) => sum + count * staleness, 0);
  const max = histogram.findLastIndex((count) => count > 0);
  return { updates, mean: updates === 0 ? 0 : total / updates, max: Math.max(0, max), histogram };
}

/** Something that updates were counted in. */
export interface Stale {
  readonly staleness?: readonly WorkerStaleness[] | undefined;
}

/** The staleness of each worker over some epochs, or parts of one; undefined if it was not measured. */
export function mergeStaleness(parts: readonly Stale[]): readonly WorkerStaleness[] | undefined {
  const histograms: number[][] = [];
  for (const { staleness = [] } of parts)
    for (const [worker, { histogram }] of staleness.entries()) {
      const sums = histograms[worker] ?? [];
      for (const [at, count] of histogram.entries()) sums[at] = (sums[at] ?? 0) + count;
      histograms[worker] = sums;
    }
  return histograms.length === 0 ? undefined : histograms.map(stalenessOf);
}
