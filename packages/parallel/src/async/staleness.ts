import type { WorkerStaleness } from '@lockstep/core';

/** Updates that came between reading the weights and updating them, worker by worker. */
export class StalenessTally {
  #counts: number[][];

  constructor(workers: number) {
    this.#counts = Array.from({ length: workers }, () => []);
  }

  add(worker: number, staleness: number): void {
    const counts = this.#counts[worker];
    if (counts === undefined) return;
    while (counts.length <= staleness) counts.push(0);
    counts[staleness] = (counts[staleness] ?? 0) + 1;
  }

  /** What there was since the last call. */
  take(): readonly WorkerStaleness[] {
    const taken = this.#counts;
    this.#counts = taken.map(() => []);
    return taken.map((histogram) => {
      const updates = histogram.reduce((sum, count) => sum + count, 0);
      const total = histogram.reduce((sum, count, staleness) => sum + count * staleness, 0);
      return {
        updates,
        mean: updates === 0 ? 0 : total / updates,
        max: Math.max(0, histogram.length - 1),
        histogram,
      };
    });
  }
}
