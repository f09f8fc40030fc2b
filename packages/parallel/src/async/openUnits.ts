/**
 * Which steps of a row are still to be made. Workers take them in order, so those that are made are the first ones, but for what
 * a lost worker was in. Such holes are filled before anything else is made or the row ends: what comes after the
 * row takes the made steps for the first so many.
 */
export class OpenUnits {
  #open: readonly number[];
  #lastMade = -1;
  readonly #count: number;

  /** @param count - steps of the row */
  constructor(count: number) {
    this.#count = count;
    this.#open = Array.from({ length: count }, (_, unit) => unit);
  }

  /** Steps that are made. */
  get made(): number {
    return this.#count - this.#open.length;
  }

  /** Open steps with made ones behind them. */
  get holes(): readonly number[] {
    return this.#open.filter((unit) => unit < this.#lastMade);
  }

  /** What is to be made next: the holes, or if there are none, all that is open. */
  get next(): readonly number[] {
    const { holes } = this;
    return holes.length > 0 ? holes : this.#open;
  }

  /** These steps are made. */
  close(units: Iterable<number>): void {
    const made = new Set(units);
    this.#open = this.#open.filter((unit) => !made.has(unit));
    for (const unit of made) this.#lastMade = Math.max(this.#lastMade, unit);
  }
}
