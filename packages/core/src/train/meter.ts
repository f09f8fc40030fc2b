/** Rows of training steps, and the time they took. */
export class Meter {
  #rows = 0;
  #seconds = 0;

  add(rows: number, seconds: number): void {
    this.#rows += rows;
    this.#seconds += seconds;
  }

  /** Rows a second, with those under way; 0 if no time was measured. */
  rate(rows = 0, seconds = 0): number {
    const time = this.#seconds + seconds;
    return time > 0 ? (this.#rows + rows) / time : 0;
  }
}
