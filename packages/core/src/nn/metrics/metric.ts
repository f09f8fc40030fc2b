import type { Node } from '../../graph/node.ts';

/**
 * The value of every row: [B, ...] output and target -> float32 [B]. A metric of a data set is the mean over its rows;
 * the host adds up sums over batches in float64.
 */
export type Metric = (output: Node, target: Node) => Node;
