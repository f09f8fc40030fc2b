/** Rows of training steps, and the time they took. */
export class Meter {
  #rows = 0;
  #seconds = 0;

  add(rows: number, seconds: number): void {
    this.#rows += rows;
    this.#seconds += seconds;
  }

  /** Rows a second, with those under way. */
  rate(rows = 0, seconds = 0): number {
    return (this.#rows + rows) / (this.#seconds + seconds);
  }
}
