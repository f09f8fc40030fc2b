import { type Machine, pending, running } from '../shared/machine.ts';
import type { Words } from '../shared/words.ts';
import { rowSlots, workerSlots } from './rowWords.ts';

/**
 * Looks whether a worker may begin a step: whether it has made no more than `bound` steps more than the slowest of those
 * that still make some (stale synchronous parallel, Ho et al. 2013, "More Effective Distributed ML via a Stale Synchronous Parallel
 * Parameter Server"). So the weights that it finds lack updates of the last `bound` + 1 of its own clocks at most.
 *
 * Ends with 0 if it may, or with `pending`: then it is to look again once the bell is not `bell`. Clocks only go up, so what
 * was seen once still holds when the step begins.
 */
export class StepClock implements Machine {
  /** Read first: what happens after it has been read rings it again. */
  bell = 0;
  at = -1;
  readonly own: number;
  readonly bound: number;
  readonly clocks: readonly number[];
  made = 0;

  constructor(worker: number, workers: number, bound: number) {
    this.own = workerSlots(worker).clock;
    this.bound = bound;
    this.clocks = Array.from({ length: workers }, (_, other) => workerSlots(other).clock);
  }

  /**
   * To be called before the first step.
   *
   * @param made - steps that the worker has made
   */
  begin(made: number): void {
    this.made = made;
    this.at = -1;
  }

  step(words: Words): number {
    if (this.at < 0) {
      this.bell = words.load(rowSlots.bell);
      this.at = 0;
      return running;
    }
    const clock = this.clocks[this.at];
    if (clock === undefined) return 0;
    this.at += 1;
    if (clock !== this.own && this.made - words.load(clock) > this.bound) return pending;
    return this.at === this.clocks.length ? 0 : running;
  }
}
