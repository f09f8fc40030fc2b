import { type Graph, mapUpdates, rootsOf, topologicalOrder } from '../graph/graph.ts';
import { constantOp, isMadeBy, variableOp } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';

/** For each node of a graph the one that {@link simplify} puts in its place; equal nodes have the same. */
export function simplifiedNodes(graph: Graph): ReadonlyMap<Node, Node> {
  const canonical = new Map<Node, Node>();
  const known = new Map<string, Node>();
  const numbers = new Map<Node, number>();
  for (const node of topologicalOrder(rootsOf(graph))) {
    const inputs = node.inputs.map((input) => canonical.get(input) ?? input);
    const copied = inputs.every((input, at) => input === node.inputs[at])
      ? node
      : Object.freeze({ ...node, inputs: Object.freeze(inputs) });
    const simpler = copied.op.simplify?.(copied);
    if (simpler !== undefined && numbers.has(simpler)) {
      canonical.set(node, simpler);
      continue;
    }
    const rebuilt = simpler ?? copied;
    const key = keyOf(
      rebuilt,
      rebuilt.inputs.map((input) => numbers.get(input) ?? -1),
    );
    const same = key === undefined ? undefined : known.get(key);
    const chosen = same ?? rebuilt;
    canonical.set(node, chosen);
    if (!numbers.has(chosen)) numbers.set(chosen, numbers.size);
    if (key !== undefined && same === undefined) known.set(key, chosen);
  }
  return canonical;
}

/**
 * Replaces nodes by cheaper equal ones where their op knows one, and merges nodes that compute the same thing: same op, same
 * inputs, same attributes. What nothing needs is gone by itself, since only what the roots reach is lowered. Nothing is
 * rewritten that could change a bit.
 */
export function simplify(graph: Graph): Graph {
  const simplified = simplifiedNodes(graph);
  const find = (node: Node): Node => simplified.get(node) ?? node;
  return {
    ...graph,
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, node]) => [name, find(node)])),
    updates: mapUpdates(graph.updates, find),
  };
}

/** Equal for equal computations; undefined for nodes that are only equal to themselves. */
function keyOf(node: Node, inputs: readonly number[]): string | undefined {
  if (isMadeBy(node, variableOp)) return undefined;
  if (isMadeBy(node, constantOp) && node.attributes.values.length > 1) return undefined;
  const attributes = JSON.stringify(node.attributes, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value)
      ? String(value)
      : Object.is(value, -0)
        ? '-0'
        : value,
  );
  if (attributes === undefined || hasFunction(node.attributes)) return undefined;
  return `${node.op.name}|${node.dtype}|${node.shape.join(',')}|${node.batchAxis ?? ''}|${inputs.join(',')}|${attributes}`;
}

const hasFunction = (attributes: object): boolean =>
  Object.values(attributes).some((value) => typeof value === 'function');
