/** Milliseconds of work between two looks at the event loop: a pause costs about 1. */
const slice = 100;

/**
 * Keeps a long synchronous computation from starving the thread's event loop: timers, signals and a user's server go on
 * between slices of work. Has no influence on any result.
 */
export class Pace {
  #started = performance.now();

  /** Whether a slice is used up: time to {@link pause} and to tell of progress. */
  due(): boolean {
    return performance.now() - this.#started >= slice;
  }

  async pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 0);
    });
    this.#started = performance.now();
  }
}
