import type { Heartbeat } from '../shared/index.ts';

/** What is left of the weight of a look at the next one: with 20 looks a second, half after 1.7 seconds. */
const decay = 0.98;

/**
 * The share of their time that ranks wait for one another, estimated by looking at them now and then. It costs the ranks
 * nothing: each look reads a few words of shared memory. With looks at times that have nothing to do with the steps, the share of
 * the looks at which a rank waits is an unbiased estimate of the share of its time.
 */
export class WaitingShare {
  #looks = 0;
  #waiting = 0;

  /** Looks once at all ranks. */
  look(ranks: readonly Pick<Heartbeat, 'state' | 'step'>[]): void {
    this.#looks *= decay;
    this.#waiting *= decay;
    // Whoever is a step behind has been set free, and is not awake yet: nobody begins a step before all have made the one before.
    const newest = Math.max(...ranks.map(({ step }) => step));
    for (const { state, step } of ranks) {
      if (state === 'waiting' || (state === 'working' && step < newest)) this.#waiting += 1;
      if (state === 'waiting' || state === 'working') this.#looks += 1;
    }
  }

  /** Between 0 and 1, of about the last five seconds; undefined before there was anything to look at. */
  get share(): number | undefined {
    return this.#looks === 0 ? undefined : this.#waiting / this.#looks;
  }
}
