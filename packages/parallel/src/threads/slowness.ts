import { SharedWords } from '../shared/words.ts';

/** Makes one worker slow on purpose: an aid for tests and benchmarks. */
export interface SlowWorker {
  readonly rank: number;
  /** It takes so many times as long as it would, from 1. */
  readonly factor: number;
}

/** Milliseconds that are worth a sleep: the shortest one takes a tenth of that. */
const leastNap = 0.3;

/** Slows its thread down in proportion to what it computes. It sleeps: others have the core meanwhile. */
export class Slowness {
  readonly #share: number;
  readonly #words = new SharedWords(new SharedArrayBuffer(4));
  #debt = 0;

  constructor({ factor }: SlowWorker) {
    this.#share = factor - 1;
  }

  /** @param milliseconds - that were computed for */
  computed(milliseconds: number): void {
    this.#debt += milliseconds * this.#share;
    if (this.#debt < leastNap) return;
    const begun = performance.now();
    this.#words.wait(0, 0, this.#debt);
    this.#debt -= performance.now() - begun;
  }
}

/** That of a rank, if it is the slow one. */
export function slownessOf(slow: SlowWorker | undefined, rank: number): Slowness | undefined {
  return slow?.rank === rank ? new Slowness(slow) : undefined;
}
