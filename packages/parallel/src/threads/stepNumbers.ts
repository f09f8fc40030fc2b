/** Numbers start again here: they have to fit into a word. */
const mostSteps = 2 ** 30;

/** Numbers the steps of an engine's life, a row at a time. */
export class StepNumbers {
  #planned = 0;

  /** The number of the first of the next so many steps. */
  take(steps: number): number {
    const first = this.#planned + steps > mostSteps ? 0 : this.#planned;
    this.#planned = first + steps;
    return first;
  }
}
