/** Makes the steps of a row, as one rank does: with the others together, or apart from them for a while. */
export interface StepMaker {
  /** Where the row goes on after the newest {@link make}; or the step that diverged. */
  readonly at: number;
  /**
   * Makes steps up to the next boundary where all ranks meet.
   *
   * @param from - of the row: a boundary
   * @param to - the row's end
   * @param first - number of the row's first step in the engine's life
   * @returns the requests published at the boundary, the same for all ranks; `aborted`; or {@link diverged}
   */
  make(from: number, to: number, first: number): number;
}

/** No union of requests, and not `aborted`. */
export const diverged = -1000;
