import type { TensorType } from '../tensor/tensorType.ts';
import { type Graph, rootsOf, topologicalOrder } from './graph.ts';
import type { Attributes, Node } from './node.ts';

/** Elements of an array that are shown before the rest is only counted. */
const shownElements = 4;

/** `float32 [32, 64] batch 0` */
export function describeType({ dtype, shape, batchAxis }: TensorType): string {
  return `${dtype} [${shape.join(', ')}]${batchAxis === undefined ? '' : ` batch ${batchAxis}`}`;
}

function describeValue(value: unknown): string {
  if (Array.isArray(value) || value instanceof Float32Array || value instanceof Int32Array) {
    const shown = Array.from(value.slice(0, shownElements), describeValue).join(', ');
    return value.length > shownElements ? `[${shown}, ... ${value.length} in all]` : `[${shown}]`;
  }
  if (typeof value === 'function') return 'function';
  if (typeof value === 'object' && value !== null) return 'op' in value ? 'graph' : describeAttributes(value);
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function describeAttributes(attributes: Attributes): string {
  const entries = Object.entries(attributes).filter(([name]) => name !== 'type');
  return `{ ${entries.map(([name, value]) => `${name}: ${describeValue(value)}`).join(', ')} }`;
}

/**
 * A graph as text, one line a node in the order of computation, then outputs and updates:
 *
 * ```
 * %2 = matmul(%0, %1) { transposeA: false, transposeB: false }: float32 [32, 10] batch 0
 * ```
 */
export function printGraph(graph: Graph): string {
  const names = new Map<Node, string>();
  const name = (node: Node): string => names.get(node) ?? '?';
  const lines = [`graph ${graph.name}`];
  for (const node of topologicalOrder(rootsOf(graph))) {
    names.set(node, `%${names.size}`);
    const attributes =
      Object.keys(node.attributes).length === 0 ? '' : ` ${describeAttributes(node.attributes)}`;
    const inputs = node.inputs.map(name).join(', ');
    lines.push(`  ${name(node)} = ${node.op.name}(${inputs})${attributes}: ${describeType(node)}`);
  }
  for (const [output, node] of Object.entries(graph.outputs))
    lines.push(`  output ${output} = ${name(node)}${output === graph.guard ? ' (guard)' : ''}`);
  for (const { variable, value, rows } of graph.updates)
    lines.push(`  update ${name(variable)}${rows ? ` at ${name(rows.index)}` : ''} <- ${name(value)}`);
  return `${lines.join('\n')}\n`;
}
