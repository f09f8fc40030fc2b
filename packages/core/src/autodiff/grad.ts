import { LockstepError } from '../errors.ts';
import { topologicalOrder } from '../graph/graph.ts';
import { constant } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { add } from '../ops/add.ts';
import { zerosLike } from '../ops/full.ts';
import { reshapeLike } from '../ops/reshape.ts';
import { sum } from '../ops/sum.ts';
import type { TensorType } from '../tensor/tensorType.ts';

/**
 * Sums a gradient that has the broadcast shape down to the shape of the operand, over the last axis first. A mini-batch of one row
 * is summed over as well where the operand has no mini-batch.
 */
function unbroadcast(gradient: Node, operand: TensorType): Node {
  const missing = gradient.shape.length - operand.shape.length;
  const repeated = (at: number): boolean =>
    operand.shape[at] === 1 &&
    (gradient.shape[at + missing] !== 1 || (gradient.batchAxis === at + missing && operand.batchAxis !== at));
  const axes = [...gradient.shape.keys()].filter((at) => at < missing || repeated(at - missing));
  const summed = axes.length === 0 ? gradient : sum(gradient, { axes });
  const same =
    summed.shape.length === operand.shape.length &&
    summed.shape.every((size, at) => size === operand.shape[at]);
  return same ? summed : reshapeLike(summed, operand);
}

/** Whether the operand can be repeated to the gradient's shape. */
function hasBroadcastShape(gradient: Node, operand: TensorType): boolean {
  const missing = gradient.shape.length - operand.shape.length;
  return (
    gradient.dtype === 'float32' &&
    missing >= 0 &&
    operand.shape.every((size, at) => size === 1 || size === gradient.shape[at + missing])
  );
}

/** Contributions of a node to the gradients of its inputs, one for each input. */
function contributions(node: Node, upstream: Node): readonly (Node | undefined)[] {
  if (node.op.gradient === undefined)
    throw new LockstepError('NOT_DIFFERENTIABLE', 'this operation has no gradient', {
      where: { op: node.op.name },
      hint: 'wrap its result in stopGradient() if none is wanted',
    });
  const gradients = node.op.gradient(node, upstream);
  for (const [at, gradient] of gradients.entries()) {
    const operand = node.inputs[at];
    if (gradient && (!operand || !hasBroadcastShape(gradient, operand)))
      throw new LockstepError('GRAPH_INVALID', `the gradient for input ${at} does not fit the input`, {
        where: { op: node.op.name, field: 'gradient' },
        got: `${gradient.dtype} [${gradient.shape.join(', ')}]`,
        wanted: operand ? `float32 [${operand.shape.join(', ')}], or what it broadcasts to` : 'no such input',
      });
  }
  return gradients;
}

/** Nodes that a change of one of `wrt` reaches through float32 values only. */
function reachable(order: readonly Node[], wrt: readonly Node[]): ReadonlySet<Node> {
  const active = new Set(wrt);
  for (const node of order)
    if (node.dtype === 'float32' && node.inputs.some((operand) => active.has(operand))) active.add(node);
  return active;
}

function checkLoss(loss: Node): void {
  if (loss.shape.length !== 0)
    throw new LockstepError('SHAPE_MISMATCH', 'only a scalar can be differentiated', {
      where: { op: 'grad' },
      got: `a loss of shape [${loss.shape.join(', ')}]`,
      wanted: 'shape []',
      hint: 'reduce it with mean() or sum()',
    });
  if (loss.dtype !== 'float32')
    throw new LockstepError('DTYPE_MISMATCH', 'only a float32 scalar can be differentiated', {
      where: { op: 'grad' },
      got: loss.dtype,
      wanted: 'float32',
    });
}

/**
 * Gradients of a scalar, by reverse-mode differentiation from graph to graph.
 *
 * Nodes are visited in reverse topological order of `topologicalOrder([loss])`. What reaches a node along different paths is
 * summed in the order in which it arrives (users in the order they are visited, and the operands of each from first to
 * last), from the left; every contribution is first summed down to the node's own shape where the operand was broadcast.
 * This order is part of the gradient's bits.
 *
 * Gradients flow through float32 values only: not through comparisons, integers and bools, nor through `stopGradient`.
 *
 * @param loss - a float32 scalar
 * @param wrt - nodes of the graph (not only leaves)
 * @returns one node for each of `wrt`, of its shape; zeros where the loss does not depend on it
 * @throws LockstepError SHAPE_MISMATCH or DTYPE_MISMATCH if the loss is not a float32 scalar; NOT_DIFFERENTIABLE if a
 *   gradient has to pass an op that has none in order to reach one of `wrt`; GRAPH_INVALID for a gradient of the wrong shape
 */
export function grad(loss: Node, wrt: readonly Node[]): Node[] {
  checkLoss(loss);
  const order = topologicalOrder([loss]);
  const active = reachable(order, wrt);
  const gradients = new Map<Node, Node>();
  if (active.has(loss)) gradients.set(loss, constant(1));
  for (const node of order.toReversed()) {
    const upstream = gradients.get(node);
    if (upstream === undefined || !node.inputs.some((operand) => active.has(operand))) continue;
    for (const [at, gradient] of contributions(node, upstream).entries()) {
      const operand = node.inputs[at];
      if (operand === undefined || gradient === undefined || !active.has(operand)) continue;
      const contribution = unbroadcast(gradient, operand);
      const before = gradients.get(operand);
      gradients.set(operand, before ? add(before, contribution) : contribution);
    }
  }
  return wrt.map((node) => gradients.get(node) ?? zerosLike(node));
}
