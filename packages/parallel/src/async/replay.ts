import { checkReplay, type ReplayedRow } from './checkReplay.ts';

export interface ReplayOptions extends Pick<ReplayedRow, 'mode' | 'workers'> {
  /** The run asks for a row after the last one: it is to be stopped. */
  onEnd(): void;
}

/** The orders of a record, row by row as a run makes them again. */
export class Replay {
  readonly #orders: readonly Int32Array[];
  readonly #options: ReplayOptions;
  #taken = 0;

  constructor(orders: readonly Int32Array[], options: ReplayOptions) {
    this.#orders = orders;
    this.#options = options;
  }

  /** Rows that the run has not come to. */
  get left(): number {
    return this.#orders.length - this.#taken;
  }

  /**
   * The order of the next row; undefined if the record has none.
   *
   * @param units - steps that the run has for it
   * @throws LockstepError BAD_OPTION if it does not fit them
   */
  next(units: number): Int32Array | undefined {
    const order = this.#orders[this.#taken];
    if (order === undefined) {
      this.#options.onEnd();
      return undefined;
    }
    const { mode, workers } = this.#options;
    checkReplay(order, { mode, workers, number: this.#taken, isLast: this.left === 1, units });
    this.#taken += 1;
    return order;
  }
}
