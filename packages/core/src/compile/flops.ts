import { type Graph, rootsOf, topologicalOrder } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import { nestFlops } from '../nest/flops.ts';
import { lowerNode } from './lowerNode.ts';
import { simplify } from './simplify.ts';

/** Floating-point operations that computing a node of its operands takes, as {@link nestFlops} counts them. */
export function nodeFlops(node: Node): number {
  return lowerNode(node).nests.reduce((sum, nest) => sum + nestFlops(nest), 0);
}

/**
 * Floating-point operations of one run of a graph, as {@link nestFlops} counts them: a multiply-add is 2. Equal nodes are
 * computed once. It is what the graph says is to be computed; what a worker computes again because that is cheaper than to
 * wait for it, and what falls into padding, does not count.
 */
export function graphFlops(graph: Graph): number {
  return topologicalOrder(rootsOf(simplify(graph))).reduce((sum, node) => sum + nodeFlops(node), 0);
}
