/** Words of 32 bits in a cache line of 64 bytes: words that different threads write never share one. */
const line = 16;

/** The words of a row of steps that workers make without meeting, by slot. The host sets them before each row. */
export const rowSlots = {
  /** Steps that were claimed. */
  next: 0,
  /** Updates that were made to the weights. */
  version: line,
  /** 1 while somebody reads all weights, or changes them. */
  lock: 2 * line,
  /** Sections of the record that are over; see `Section`. */
  turn: 3 * line,
  /** The first step whose loss was not finite, or {@link none}. */
  diverged: 4 * line,
  /** Gradients that were put into the queue. */
  tail: 5 * line,
  /** Workers that may still put some there. */
  producing: 6 * line,
  /** Counts what somebody may wait for. */
  bell: 7 * line,
  /** Who sleeps until it rings, or is about to. */
  sleepers: 8 * line,
} as const;

const sharedLines = 9;
const slotsPerWorker = line;

/** Greater than every step. */
export const none: number = 2 ** 31 - 1;

/** The words of one worker, which it writes alone. */
export interface WorkerSlots {
  /** Steps that it has made in this row; {@link none} once it makes no more. */
  readonly clock: number;
  /** 1 while it waits for others. */
  readonly waiting: number;
}

export function workerSlots(worker: number): WorkerSlots {
  const own = sharedLines * line + worker * slotsPerWorker;
  return { clock: own, waiting: own + 1 };
}

/** Memory for the words of a row. */
export function createRowWords(workers: number): SharedArrayBuffer {
  return new SharedArrayBuffer(
    (sharedLines * line + workers * slotsPerWorker) * Int32Array.BYTES_PER_ELEMENT,
  );
}
