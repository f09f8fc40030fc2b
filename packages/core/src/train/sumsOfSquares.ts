import type { Node } from '../graph/node.ts';
import { square, sum } from '../ops/index.ts';
import type { Norms } from './events.ts';

/** Output of a training graph that measures: the sum of the squares of a parameter, or of its gradient. */
export function squaresOutput(of: keyof Norms, path: string): string {
  return `squares.${of}:${path}`;
}

/**
 * The sums that norms are the roots of, as outputs of a training graph: of each trained parameter before the update, and of its
 * gradient.
 *
 * @param parameters - by path
 * @param gradients - by the path of their parameter
 */
export function sumsOfSquares(
  parameters: ReadonlyMap<string, Node>,
  gradients: ReadonlyMap<string, Node>,
): Readonly<Record<string, Node>> {
  const sumsOf = (of: keyof Norms, nodes: ReadonlyMap<string, Node>): (readonly [string, Node])[] =>
    Array.from(nodes, ([path, node]) => [squaresOutput(of, path), sum(square(node))] as const);
  return Object.fromEntries([...sumsOf('weight', parameters), ...sumsOf('gradient', gradients)]);
}
