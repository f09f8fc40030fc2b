import type { ProgramSource } from '../compile/compile.ts';
import { LockstepError } from '../errors.ts';
import { type Graph, mapUpdates, rootsOf, topologicalOrder } from '../graph/graph.ts';
import { isMadeBy, stepValue, type VariableAttributes, variable, variableOp } from '../graph/leaves.ts';
import { apply, type Node } from '../graph/node.ts';
import { add, mul, zerosLike } from '../ops/index.ts';
import { randomBitsOp } from '../ops/random.ts';
import { batchSums } from './batchSums.ts';
import { keptLevels, type MicroStep } from './microSteps.ts';
import { pairNodes } from './pairNodes.ts';

/** Step value of a micro-step: the position of its first row in the mini-batch, int32. */
export const firstRowName = 'rows.first';

/** A mini-batch that is computed in micro-steps, and then made use of. */
export interface Accumulation {
  /** Those of the micro-steps, in the order in which they are first needed. */
  readonly parts: readonly Omit<ProgramSource, 'steps'>[];
  /** Which of them each micro-step is. */
  readonly order: readonly number[];
  /** Combines the sums: outputs, guard and updates of the whole mini-batch. */
  readonly whole: Graph;
}

/** The graph with some nodes in the place of others. */
function substitute(graph: Graph, replacement: (node: Node) => Node | undefined): Graph {
  const replaced = new Map<Node, Node>();
  const find = (node: Node): Node => replaced.get(node) ?? node;
  for (const node of topologicalOrder(rootsOf(graph))) {
    const inputs = node.inputs.map(find);
    const isSame = inputs.every((operand, at) => operand === node.inputs[at]);
    const rebuilt = isSame ? node : Object.freeze({ ...node, inputs: Object.freeze(inputs) });
    replaced.set(node, replacement(node) ?? rebuilt);
  }
  return {
    ...graph,
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, node]) => [name, find(node)])),
    updates: mapUpdates(graph.updates, find),
  };
}

/** Random numbers of the rows from a position of the mini-batch on; undefined for other nodes. */
function randomRowsFrom(node: Node, rows: number): Node | undefined {
  if (!isMadeBy(node, randomBitsOp) || node.batchAxis === undefined) return undefined;
  const perRow = (node.shape[node.batchAxis] ?? rows) / rows;
  const first = stepValue(firstRowName, { dtype: 'int32' });
  return apply(randomBitsOp, [...node.inputs, perRow === 1 ? first : mul(first, perRow)], node.attributes);
}

/** The sums over a mini-batch that are kept from micro-step to micro-step: at level k, of 2^k of them. */
class KeptSums {
  readonly #slots = new Map<string, Node<VariableAttributes>>();

  /** @param position - of the sum in the graph */
  at(level: number, position: number, sum: Node): Node<VariableAttributes> {
    // No path of a layer has a colon. Graphs for different numbers of rows share what has the same shape.
    const path = `sum:${position}:${level}:${sum.shape.join('x')}`;
    const slot = this.#slots.get(path) ?? variable(path, zerosLike(sum), { role: 'accumulator' });
    this.#slots.set(path, slot);
    return slot;
  }
}

/** The sums of one micro-step, joined with those kept that complete a subtree of the lane tree with them. */
function partOf(
  graph: Graph,
  { rows, lanes, merges }: MicroStep,
  kept: KeptSums,
): Omit<ProgramSource, 'steps'> {
  const sums = batchSums(graph);
  const outputs = Object.fromEntries(sums.map((node, position) => [String(position), node]));
  const moved = substitute({ name: graph.name, outputs, updates: [] }, (node) => randomRowsFrom(node, rows));
  const updates = sums.map((sum, position) => {
    let value = moved.outputs[position] ?? sum;
    for (let level = 0; level < merges; level++) value = add(kept.at(level, position, sum), value);
    return { variable: kept.at(merges, position, sum), value };
  });
  return { graph: { name: graph.name, outputs: {}, updates }, batchSize: rows, lanes };
}

/** What is done with the sums once all of them are there. */
function wholeOf(graph: Graph, sums: readonly Node[], count: number, kept: KeptSums): Graph {
  const [lowest = 0, ...higher] = keptLevels(count);
  const totals = new Map(
    sums.map((sum, position) => {
      const total = higher.reduce<Node>(
        (right, level) => add(kept.at(level, position, sum), right),
        kept.at(lowest, position, sum),
      );
      return [sum, total];
    }),
  );
  return substitute(graph, (node) => totals.get(node));
}

/** Throws where rows of a mini-batch name the rows that are updated: in parts of it a row could be updated twice. */
function requireWholeVariables({ updates }: Graph): void {
  const { variable: table } = updates.find(({ rows }) => rows !== undefined) ?? {};
  if (table === undefined || !isMadeBy(table, variableOp)) return;
  throw new LockstepError('BAD_OPTION', 'a mini-batch with sparse gradients cannot be computed in parts', {
    where: { field: 'run.microBatch' },
    got: `"${table.attributes.path}", of which a step updates the rows that the mini-batch names, each once`,
    hint: 'Make the embedding with sparse: false, or leave microBatch out: without a gradient of the table it saves little.',
  });
}

/**
 * Cuts the training graph of a mini-batch at its sums over the rows: a graph for each kind of micro-step, which leaves sums in
 * variables, and one that goes on from them. Sums are joined in the order of the lane tree, so no bit changes.
 *
 * Each micro-step joins its sums with those that are complete beside it, as a binary counter carries; so of n
 * micro-steps log2(n) + 1 sums are kept at most. A micro-step reads nothing that an earlier mini-batch has left: it may all be
 * started again.
 *
 * @param graphOf - the graph for a number of rows, with the loss a mean over all rows of the mini-batch
 * @throws LockstepError BAD_OPTION, with the op, for a graph that cannot be cut
 */
export function accumulate(
  graphOf: (rows: number) => Graph,
  batchSize: number,
  steps: readonly MicroStep[],
): Accumulation {
  const kept = new KeptSums();
  const whole = graphOf(batchSize);
  requireWholeVariables(whole);
  const sums = batchSums(whole);
  const kinds = new Map<string, number>();
  const parts: Omit<ProgramSource, 'steps'>[] = [];
  const order = steps.map((step) => {
    const kind = `${step.rows} ${step.lanes} ${step.merges}`;
    const known = kinds.get(kind);
    if (known !== undefined) return known;
    const graph = graphOf(step.rows);
    pairNodes({ graph, rows: step.rows }, { graph: whole, rows: batchSize });
    kinds.set(kind, parts.length);
    parts.push(partOf(graph, step, kept));
    return parts.length - 1;
  });
  return { parts, order, whole: wholeOf(whole, sums, steps.length, kept) };
}
