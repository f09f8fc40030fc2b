import { nodeFlops } from '../compile/flops.ts';
import { simplifiedNodes } from '../compile/simplify.ts';
import type { Dataset } from '../data/dataset.ts';
import { topologicalOrder } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import { type ModelOfBatch, predictionOf } from './graphs.ts';
import type { Task } from './task.ts';

/** Numbers that a model keeps. */
export interface VariableCounts {
  /** Numbers in parameters. */
  readonly parameters: number;
  /** Those of them that are trained. */
  readonly trained: number;
  /** Numbers in running statistics. */
  readonly statistics: number;
}

/** A layer, without the layers inside it: the figures of all layers of a model add up to those of the model. */
export interface LayerSummary extends VariableCounts {
  /** `layers.0`; empty for what the model does outside its layers. */
  readonly path: string;
  /** What the layer says that it is; `preprocessing` for what is done to a field of the data first. */
  readonly kind: string;
  /** Of one row of a mini-batch, where the layer is used first. */
  readonly outputShape: readonly number[];
  /** Floating-point operations for one row that is predicted, in all its uses; a multiply-add is 2. */
  readonly flops: number;
  /** How often the model calls it. */
  readonly uses: number;
}

const inNoLayer = '';

/** The shape without the axis of a mini-batch of one row. */
function rowShape({ shape, batchAxis }: Node): readonly number[] {
  return batchAxis !== undefined && shape[batchAxis] === 1 ? shape.toSpliced(batchAxis, 1) : shape;
}

/** The layer that a variable is of: the nearest one on the way to it. */
function ownerOf(path: string, layers: ModelOfBatch['layers']): string {
  let owner = path;
  do owner = owner.slice(0, Math.max(0, owner.lastIndexOf('.')));
  while (owner !== inNoLayer && !layers.has(owner));
  return owner;
}

const noVariables: VariableCounts = { parameters: 0, trained: 0, statistics: 0 };

function countVariables({ variables, layers }: ModelOfBatch): ReadonlyMap<string, VariableCounts> {
  const counts = new Map<string, VariableCounts>();
  for (const [path, { attributes, shape }] of variables) {
    const owner = ownerOf(path, layers);
    const { parameters, trained, statistics } = counts.get(owner) ?? noVariables;
    const size = sizeOf(shape);
    const isStatistic = attributes.role === 'statistic';
    counts.set(owner, {
      parameters: parameters + (isStatistic ? 0 : size),
      trained: trained + (attributes.trainable ? size : 0),
      statistics: statistics + (isStatistic ? size : 0),
    });
  }
  return counts;
}

/** Gives every computation of a graph to whoever asks for it first. */
class Computations {
  readonly #seen = new Set<Node>();
  readonly #simplified: ReadonlyMap<Node, Node>;
  /** What is computed in the end, and has been given to nobody. */
  readonly #left: Set<Node>;

  constructor(simplified: ReadonlyMap<Node, Node>, outputs: readonly Node[]) {
    this.#simplified = simplified;
    this.#left = new Set(topologicalOrder(outputs.map((node) => simplified.get(node) ?? node)));
  }

  /** Takes what lies between two nodes, and answers with its floating-point operations. */
  take(output: Node, input?: Node): number {
    let flops = 0;
    const waiting = [output];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (node === input || this.#seen.has(node)) continue;
      this.#seen.add(node);
      waiting.push(...node.inputs);
      const computed = this.#simplified.get(node);
      if (computed !== undefined && this.#left.delete(computed)) flops += nodeFlops(computed);
    }
    return flops;
  }
}

/**
 * The layers of a task's model in the order in which they are used, each before those inside it; first preprocessing, if there is
 * any, and last what is in no layer, if there is any.
 *
 * @param kind - of the model as a whole
 * @throws LockstepError as `defineRun` does for a model that cannot be built
 */
export function layerSummaries(task: Task, data: Dataset, kind: string): readonly LayerSummary[] {
  // Averages of weights take the places of parameters where a task says so; here parameters are to be seen.
  const { weightAverage: _averages, ...plain } = task;
  const { graph, built } = predictionOf(plain, { data, batchSize: 1 });
  const { inputs, layers, uses } = built;
  const outputs = Object.values(built.outputs);
  const computations = new Computations(simplifiedNodes(graph), outputs);
  const variables = countVariables(built);
  const preparing = Object.entries(inputs).map(([path, node]) => {
    const flops = computations.take(node);
    return { path, kind: 'preprocessing', outputShape: rowShape(node), ...noVariables, flops, uses: 1 };
  });
  const flops = new Map<string, number>();
  for (const { path, input, output } of uses)
    flops.set(path, (flops.get(path) ?? 0) + computations.take(output, input));
  const calls = Map.groupBy(
    uses.toSorted((a, b) => a.begun - b.begun),
    ({ path }) => path,
  );
  const used = Array.from(
    calls,
    ([path, [first, ...again]]): LayerSummary => ({
      path,
      kind: layers.get(path)?.kind ?? '',
      outputShape: first === undefined ? [] : rowShape(first.output),
      ...(variables.get(path) ?? noVariables),
      flops: flops.get(path) ?? 0,
      uses: again.length + 1,
    }),
  );
  const [only, ...others] = outputs;
  const outside: LayerSummary = {
    path: inNoLayer,
    kind,
    outputShape: only !== undefined && others.length === 0 ? rowShape(only) : [],
    ...(variables.get(inNoLayer) ?? noVariables),
    flops: outputs.reduce((sum, output) => sum + computations.take(output), 0),
    uses: 1,
  };
  const isEmpty = outside.flops === 0 && outside.parameters === 0 && outside.statistics === 0;
  return [
    ...preparing.filter((row) => row.flops > 0),
    ...used,
    ...(isEmpty && used.length > 0 ? [] : [outside]),
  ];
}
