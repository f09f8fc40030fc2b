/** Every so many waits one looks for as long as ever. */
const tryAgain = 32;

/**
 * How often a rank looks at the barrier before it sleeps. Looking is the fastest way to wait while every rank has a
 * core; if another process takes one of them, a rank that looks keeps the one it waits for from running, and every
 * barrier takes a time slice. So a rank that has looked in vain looks half as long the next time, and now and then
 * tries whether looking helps again.
 */
export class SpinBudget {
  /** The most. */
  readonly full: number;
  #spins = Number.POSITIVE_INFINITY;
  #waits = 0;

  constructor(full: number) {
    this.full = full;
  }

  /** For the next wait. */
  next(): number {
    this.#waits += 1;
    return this.#waits % tryAgain === 0 ? this.full : Math.min(this.#spins, this.full);
  }

  /**
   * @param spins - of the wait that is over
   * @param found - whether they were enough
   */
  learn(spins: number, found: boolean): void {
    if (!found) this.#spins = Math.min(this.#spins, spins) >> 1;
    else if (spins === this.full) this.#spins = spins;
  }
}
