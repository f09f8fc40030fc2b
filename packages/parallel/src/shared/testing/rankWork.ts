/** What a test's worker starts with. */
export interface RankWorkerData {
  readonly memory: SharedArrayBuffer;
  /** {@link workStride} integers for each rank; the first is the round that it is in. */
  readonly work: SharedArrayBuffer;
  readonly rank: number;
  readonly size: number;
  readonly after: number;
  readonly deadline: number;
}

export const workStride = 32;

export const workKinds = { close: 0, meet: 1 } as const;

/** What rank 1 does half-way: the argument of the command. */
export const misbehaviours = { none: 0, throw: 1, exit: 2, hang: 3 } as const;
