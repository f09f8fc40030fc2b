import { LockstepError } from '../errors.ts';
import { type Graph, rootsOf, topologicalOrder } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import type { TensorType } from '../tensor/tensorType.ts';

/** A graph built for a number of rows. */
export interface SizedGraph {
  readonly graph: Graph;
  readonly rows: number;
}

/** A type with rows along the mini-batch counted in mini-batches. */
function perBatch({ shape, dtype, batchAxis }: TensorType, rows: number): unknown {
  return [dtype, batchAxis, shape.map((size, at) => (at === batchAxis ? size / rows : size))];
}

/** What a node computes, apart from its operands. */
function describe(node: Node, rows: number): string {
  // Shapes are compared by themselves; the graph of an initial value belongs to no step.
  const attributes = JSON.stringify(node.attributes, (key, value: unknown) =>
    ['shape', 'type', 'initial'].includes(key) ? undefined : value,
  );
  return JSON.stringify([node.op.name, perBatch(node, rows), attributes]);
}

/**
 * Pairs the nodes of two graphs that are to compute the same for each row, and differ in the number of rows alone.
 *
 * @returns for each node of `a`, the one of `b`
 * @throws LockstepError BAD_OPTION, with the first op that is another one
 */
export function pairNodes(a: SizedGraph, b: SizedGraph): ReadonlyMap<Node, Node> {
  const others = topologicalOrder(rootsOf(b.graph));
  const nodes = topologicalOrder(rootsOf(a.graph));
  const pairs = new Map<Node, Node>();
  for (const [at, node] of nodes.entries()) {
    const other = others[at];
    const isSame =
      other !== undefined &&
      nodes.length === others.length &&
      node.inputs.length === other.inputs.length &&
      node.inputs.every((operand, position) => pairs.get(operand) === other.inputs[position]) &&
      describe(node, a.rows) === describe(other, b.rows);
    if (!isSame)
      throw new LockstepError(
        'BAD_OPTION',
        'a mini-batch cannot be computed in parts: the graph depends on the number of rows',
        {
          where: { op: node.op.name, field: 'run.microBatch' },
          got: `other graphs for ${a.rows} and ${b.rows} rows`,
          hint: 'Let model and losses not compute with the number of rows, or leave microBatch out.',
        },
      );
    pairs.set(node, other);
  }
  return pairs;
}
