import { type LoweredNode, lowerNode } from '../compile/lowerNode.ts';
import { LockstepError } from '../errors.ts';
import { type Graph, rootsOf, topologicalOrder } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import { loadsOf, plainAxis } from '../nest/analysis.ts';
import type { Nest } from '../nest/nest.ts';
import type { Scalar } from '../nest/scalar.ts';
import { randomBitsOp } from '../ops/random.ts';
import { reshapeOp } from '../ops/reshape.ts';
import type { TensorType } from '../tensor/tensorType.ts';

/** Whether a value holds the index along an axis itself, not only elements found by it. */
function holdsAxis(value: Scalar, axis: number): boolean {
  if (value.kind === 'axis') return value.axis === axis;
  return 'args' in value && value.args.some((argument) => holdsAxis(argument, axis));
}

/** Whether a nest computes with positions in the mini-batch. */
function usesPosition({ axes, reduction, stores }: Nest): boolean {
  const values = [reduction?.term, reduction?.guard, ...stores.map(({ value }) => value)];
  return axes.some(
    ({ batch }, at) => batch && values.some((value) => value !== undefined && holdsAxis(value, at)),
  );
}

/** Whether a nest may read the rows of other points than its own. */
function readsOtherRows(nest: Nest, tensors: readonly TensorType[]): boolean {
  return loadsOf(nest).some(({ tensor, index }) => {
    const { batchAxis, shape } = tensors[tensor] ?? {};
    if (batchAxis === undefined || shape?.[batchAxis] === 1) return false;
    const axis = plainAxis(index[batchAxis]);
    return axis === undefined || nest.axes[axis]?.batch !== true;
  });
}

const isOverBatch = ({ reduction, axes }: Nest): boolean =>
  reduction !== undefined && axes[reduction.axis]?.batch === true;

/** Whether a node is nothing but a sum over the mini-batch: the tree of its lanes is the last thing that is done. */
function isBatchSum({ nests: [nest, ...others] }: LoweredNode): boolean {
  return (
    nest?.reduction?.rule === 'batch' &&
    nest.reduction.kind === 'sum' &&
    nest.stores.every(({ value }) => value.kind === 'reduced') &&
    others.length === 0
  );
}

function refused(node: Node, why: string, hint: string): LockstepError {
  return new LockstepError('BAD_OPTION', `a mini-batch cannot be computed in parts: ${why}`, {
    where: { op: node.op.name, field: 'run.microBatch' },
    got: `${node.dtype} [${node.shape.join(', ')}]`,
    hint: `${hint}, or leave microBatch out.`,
  });
}

/** Throws unless every row of a node depends on the same row of its operands alone. */
function requireOwnRows(node: Node, { nests, tensors }: LoweredNode): void {
  const isReshape = Object.is(node.op, reshapeOp);
  const isRandom = Object.is(node.op, randomBitsOp);
  if (!isReshape && nests.some((nest) => readsOtherRows(nest, tensors)))
    throw refused(node, 'a row reads other rows', 'Let every row be computed from its own');
  if (!isRandom && nests.some(usesPosition))
    throw refused(
      node,
      'a row depends on its position in the mini-batch',
      'Give the number as a field of the data',
    );
}

/**
 * The nodes of a training graph at which it is cut when the rows of a mini-batch are computed in parts: sums over the
 * mini-batch of values that depend on one row each, in topological order. All else either belongs to a row, or is computed of
 * these sums and the variables.
 *
 * @throws LockstepError BAD_OPTION, with the op, for a graph that cannot be cut: rows that depend on other rows, or something
 * over the mini-batch that is no sum
 */
export function batchSums(graph: Graph): readonly Node[] {
  const sums: Node[] = [];
  const afterSums = new Set<Node>();
  for (const node of topologicalOrder(rootsOf(graph))) {
    const isAfter = node.inputs.some((operand) => afterSums.has(operand));
    const isOfRows = node.batchAxis !== undefined;
    const takesRows = node.inputs.some(({ batchAxis }) => batchAxis !== undefined);
    if (isAfter && (isOfRows || takesRows))
      throw refused(
        node,
        'rows use what was computed of the whole mini-batch',
        'Use an operation on single rows',
      );
    if (isAfter) afterSums.add(node);
    if (!isOfRows && !takesRows) continue;
    const lowered = lowerNode(node);
    requireOwnRows(node, lowered);
    if (isOfRows ? lowered.nests.some(isOverBatch) : !isBatchSum(lowered))
      throw refused(node, 'an operation over its rows is no sum', 'Take a sum or a mean over the rows');
    if (isOfRows) continue;
    sums.push(node);
    afterSums.add(node);
  }
  return sums;
}
