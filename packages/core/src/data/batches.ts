/** How an epoch's rows are cut into mini-batches. */
export interface BatchPlan {
  readonly batchSize: number;
  /** Mini-batches of the full size. */
  readonly full: number;
  /** Rows of the short mini-batch after them; 0: there is none. */
  readonly rest: number;
}

/**
 * Cuts rows into mini-batches, in order; what is left makes a short one. A batch size above the number of rows gives
 * one mini-batch of all rows.
 *
 * @param dropLast - leave the short one out
 */
export function planBatches(rows: number, batchSize: number, dropLast = false): BatchPlan {
  const size = Math.min(batchSize, rows);
  return { batchSize: size, full: Math.floor(rows / size), rest: dropLast ? 0 : rows % size };
}
