import { isMadeBy } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { scatterAddOp } from '../ops/gatherScatter.ts';

/** A gradient of which few rows are not 0: the sum, for each row, of the values that belong to it. */
export interface SparseGradient {
  /** int32 [n]: which row; it may occur several times, and out of range it counts as the nearest. */
  readonly rows: Node;
  /** float32 [n, ...]. */
  readonly values: Node;
}

/**
 * The gradient that `grad` gave as {rows, values}, if it is sparse: that of a table with respect to a single embedding of it. The
 * node itself is the same gradient as a tensor; where nothing else needs that, it is never computed.
 *
 * @returns undefined for any other gradient
 */
export function sparseGradient(gradient: Node): SparseGradient | undefined {
  if (!isMadeBy(gradient, scatterAddOp) || gradient.attributes.sparse !== true) return undefined;
  const [rows, values] = gradient.inputs;
  return rows && values && { rows, values };
}

/** Whether a sparse gradient is a part of this one, added to others. */
export function hasSparsePart(gradient: Node): boolean {
  return gradient.op.name === 'add'
    ? gradient.inputs.some(hasSparsePart)
    : sparseGradient(gradient) !== undefined;
}
