/** What all ranks of a group do at the boundary between two steps. */
export type StepRequest = 'continue' | 'stop';

/**
 * Who takes part in a synchronous run. All ranks make the same steps in the same order and meet between them; the
 * group decides there, once for all of them, whether they go on.
 */
export interface Group {
  /** From 0 to size - 1. */
  readonly rank: number;
  readonly size: number;
  /** Returns when every rank has arrived, with the same answer for all of them. */
  barrier(): StepRequest;
}

/**
 * The group of one, who waits for nobody. It is what every larger group has to give the same results as.
 *
 * @param signal - once aborted, the next step boundary answers `stop`
 */
export function soloGroup(signal?: AbortSignal): Group {
  return { rank: 0, size: 1, barrier: () => (signal?.aborted === true ? 'stop' : 'continue') };
}
