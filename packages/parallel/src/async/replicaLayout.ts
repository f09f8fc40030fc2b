import { arenaBytes, type Compilation, type SegmentBytes, segmentBases } from '@lockstep/core/engine';

/** Memory of one worker, after the arena that all share. */
export interface PrivateBases {
  readonly activations: number;
  readonly scratch: number;
  /** A copy of all weights as they were at one moment; 0 if none is taken. */
  readonly snapshot: number;
  /** One for each gradient that it may have under way. */
  readonly sums: readonly number[];
}

export interface ReplicaLayout {
  readonly shared: SegmentBytes;
  readonly workers: readonly PrivateBases[];
  /** After the arena. */
  readonly extraBytes: number;
  /** Where weights and what is derived from them lie, and how many bytes. */
  readonly weights: { readonly start: number; readonly length: number };
}

const cacheLine = 64;
const roundUp = (bytes: number): number => Math.ceil(bytes / cacheLine) * cacheLine;

export interface ReplicaOptions {
  /** Threads that run programs, each whole by itself. */
  readonly threads: number;
  /** Gradients that each may have under way. */
  readonly slots: number;
  /** Each takes copies of the weights. */
  readonly snapshots: boolean;
}

/** Lays out what is private to each of several workers that run the programs of a compilation for one. */
export function replicaLayout(
  { bytes, workers }: Pick<Compilation, 'bytes' | 'workers'>,
  { threads, slots, snapshots }: ReplicaOptions,
): ReplicaLayout {
  const shared = segmentBases(bytes, 0);
  const weights = { start: shared.parameters, length: shared.state - shared.parameters };
  const first = arenaBytes(bytes, workers);
  let next = first;
  const take = (length: number): number => {
    const start = next;
    next += roundUp(length) + cacheLine;
    return start;
  };
  const all = Array.from(
    { length: threads },
    (): PrivateBases => ({
      activations: take(bytes.activations),
      scratch: take(bytes.scratch),
      snapshot: snapshots ? take(weights.length) : 0,
      sums: Array.from({ length: slots }, () => take(bytes.sums)),
    }),
  );
  return { shared, workers: all, extraBytes: next - first, weights };
}

/**
 * Where the segments of a program lie for a worker.
 *
 * @param sums - of the gradient that it computes or applies
 * @param onSnapshot - reads the worker's copy of the weights
 */
export function basesOf(
  { shared, workers, weights }: ReplicaLayout,
  worker: number,
  sums: number | undefined,
  onSnapshot = false,
): SegmentBytes {
  const own = workers[worker];
  if (own === undefined) return shared;
  const moved = own.snapshot - weights.start;
  return {
    ...shared,
    activations: own.activations,
    scratch: own.scratch,
    ...(sums === undefined ? {} : { sums }),
    ...(onSnapshot && { parameters: shared.parameters + moved, derived: shared.derived + moved }),
  };
}
