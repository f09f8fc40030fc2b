import type { WorkerStaleness } from '@lockstep/core';
import { stalenessOf } from '@lockstep/core/engine';

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
    return taken.map(stalenessOf);
  }
}
