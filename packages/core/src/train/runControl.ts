import type { StopSignal } from './engine.ts';
import type { RunState } from './runState.ts';

type Capture = () => RunState;

/**
 * What is asked of a run from outside. Requests come through at boundaries between two steps, and change no bit of what the
 * steps do. A control serves one run.
 */
export class RunControl {
  /** Aborted while something is asked that the steps under way have to make room for. */
  readonly signal: StopSignal;
  #stopped = false;
  #paused = false;
  #over = false;
  readonly #captures: ((state: RunState | undefined) => void)[] = [];
  /** Takes the state, while the run is at a boundary. */
  #capture: Capture | undefined;
  /** Tells a paused run that something is asked. */
  #wake: () => void = () => {};

  constructor() {
    const isAsked = (): boolean => this.#stopped || this.#paused || this.#captures.length > 0;
    this.signal = {
      get aborted() {
        return isAsked();
      },
    };
  }

  /** Ends the run, as if it had been that long. */
  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  /** Makes no more steps until {@link resume}. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#wake();
  }

  /** The state of the run at the next boundary, or now if it is paused; undefined once the run is over. */
  async capture(): Promise<RunState | undefined> {
    if (this.#over) return undefined;
    if (this.#capture) return this.#capture();
    return await new Promise((resolve) => {
      this.#captures.push(resolve);
    });
  }

  /**
   * The run is at a boundary: answers what is asked and waits out a pause.
   *
   * @returns whether the run is to end
   */
  async answer(capture: Capture): Promise<'continue' | 'stop'> {
    return await this.atBoundary(capture, async () => {
      while (this.#paused && !this.#stopped)
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      return this.#stopped ? 'stop' : 'continue';
    });
  }

  /** The run is at a boundary for as long as an action takes: its state can be captured meanwhile. */
  async atBoundary<T>(capture: Capture, action: () => Promise<T>): Promise<T> {
    for (const resolve of this.#captures.splice(0)) resolve(capture());
    this.#capture = capture;
    try {
      return await action();
    } finally {
      this.#capture = undefined;
    }
  }

  /** The run is over; what is still asked for is answered with its last state, if there is one. */
  finish(capture?: Capture): void {
    this.#over = true;
    for (const resolve of this.#captures.splice(0)) resolve(capture?.());
  }
}
