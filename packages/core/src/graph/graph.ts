import type { Node } from './node.ts';

/** Some rows of a variable, those that a mini-batch has touched. */
export interface TouchedRows {
  /** int32 [R]: which row of the variable; out of range counts as the nearest. A row may occur several times. */
  readonly index: Node;
  /** int32 [R]: the first position with the same row, as `firstEqual` gives it. The value at that position counts. */
  readonly first: Node;
}

/** `variable` takes `value` at the end of a step; every other node sees the value from before. */
export interface Update {
  readonly variable: Node;
  /** Of the variable's shape; with `rows` [R, ...], one for each position. */
  readonly value: Node;
  /** Only these rows change. */
  readonly rows?: TouchedRows;
}

/** The same updates of other nodes. */
export function mapUpdates(updates: readonly Update[], map: (node: Node) => Node): readonly Update[] {
  return updates.map(({ variable, value, rows }) => ({
    variable: map(variable),
    value: map(value),
    ...(rows && { rows: { index: map(rows.index), first: map(rows.first) } }),
  }));
}

/**
 * What a program computes: named outputs, and the variables that it changes.
 */
export interface Graph {
  readonly name: string;
  readonly outputs: Readonly<Record<string, Node>>;
  readonly updates: readonly Update[];
  /** Name of a scalar output (the loss) that has to be finite, else no update of the step is made. */
  readonly guard?: string;
}

/** All nodes that the roots need, each once, inputs before users, in a fixed order (depth first, left to right). */
export function topologicalOrder(roots: readonly Node[]): readonly Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  const stack: { node: Node; next: number }[] = [];
  for (const root of roots) {
    if (seen.has(root)) continue;
    seen.add(root);
    stack.push({ node: root, next: 0 });
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const input = top.node.inputs[top.next];
      top.next += 1;
      if (input === undefined) {
        order.push(top.node);
        stack.pop();
      } else if (!seen.has(input)) {
        seen.add(input);
        stack.push({ node: input, next: 0 });
      }
    }
  }
  return order;
}

/** The nodes that a graph has to compute: its outputs and the new values of its variables. */
export function rootsOf(graph: Graph): readonly Node[] {
  return [
    ...Object.values(graph.outputs),
    ...graph.updates.flatMap(({ variable, value, rows }) => [
      variable,
      value,
      ...(rows ? [rows.index, rows.first] : []),
    ]),
  ];
}
