import type { Node } from '../../graph/node.ts';

/**
 * The value of every row: [B, ...] output and target -> float32 [B]. A metric of a data set is the mean over its rows;
 * the host adds up sums over batches in float64.
 */
export type RowMetric = (output: Node, target: Node) => Node;

/** A matrix of numbers, row by row. */
export type Matrix = readonly (readonly number[])[];

/**
 * A metric that is no mean over the rows, but is computed of sums over them: a ratio of counts, the root of a mean, a
 * histogram. Sums over the rows of a mini-batch are graph; the host adds them up over the batches in float64, in order.
 */
export interface SummedMetric {
  /** What each row adds to the sums: float32 [B] or [B, n], the mini-batch along axis 0. */
  contributions(output: Node, target: Node): readonly Node[];
  /**
   * What the sums come to, in float64: a pure function.
   *
   * @param sums - over all rows, a list for each of the contributions, one number for [B] and n for [B, n]
   * @param rows - that were added up
   */
  finish(sums: readonly (readonly number[])[], rows: number): number | Matrix;
}

export type Metric = RowMetric | SummedMetric;
