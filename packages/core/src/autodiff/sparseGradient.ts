import { isMadeBy } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { addOp } from '../ops/add.ts';
import { concat } from '../ops/concat.ts';
import { scatterAddOp } from '../ops/gatherScatter.ts';
import { reshape } from '../ops/reshape.ts';

/** A gradient of which few rows are not 0: the sum, for each row, of the values that belong to it. */
export interface SparseGradient {
  /** int32 [n]: which row; it may occur several times, and out of range it counts as the nearest. */
  readonly rows: Node;
  /** float32 [n, ...]. */
  readonly values: Node;
}

/** The terms of a sum, from the left. */
function termsOf(gradient: Node): readonly Node[] {
  return isMadeBy(gradient, addOp) ? gradient.inputs.flatMap(termsOf) : [gradient];
}

function single(term: Node): SparseGradient | undefined {
  if (!isMadeBy(term, scatterAddOp) || term.attributes.sparse !== true) return undefined;
  const [rows, values] = term.inputs;
  return rows && values && { rows, values };
}

/** Lists below each other: for each row of the mini-batch what the first has of it, then the second, and so on. */
function joined(lists: readonly Node[], batchSize: number): Node | undefined {
  const [first] = lists;
  if (first === undefined || lists.length === 1) return first;
  const ofBatch = lists.filter(({ batchAxis }) => batchAxis === 0);
  if (ofBatch.length === 0) return concat(lists, 0);
  if (ofBatch.length < lists.length) return undefined;
  const rest = first.shape.slice(1);
  const perRow = lists.map((list) => reshape(list, [batchSize, -1, ...rest], { batchAxis: 0 }));
  return reshape(concat(perRow, 1), [-1, ...rest], { batchAxis: 0 });
}

/**
 * The gradient that `grad` gave as {rows, values}, if it is sparse: that of a table with respect to embeddings of it. The node
 * itself is the same gradient as a tensor; where nothing else needs that, it is never computed.
 *
 * @param batchSize - rows of the mini-batch
 * @returns undefined for any other gradient
 */
export function sparseGradient(gradient: Node, batchSize: number): SparseGradient | undefined {
  const parts = termsOf(gradient).map(single);
  if (!parts.every((part) => part !== undefined)) return undefined;
  const rows = joined(
    parts.map((part) => part.rows),
    batchSize,
  );
  const values = joined(
    parts.map((part) => part.values),
    batchSize,
  );
  return rows && values && { rows, values };
}

/** Whether a sparse gradient is a part of this one, perhaps with others. */
export function hasSparsePart(gradient: Node): boolean {
  return termsOf(gradient).some((term) => single(term) !== undefined);
}
