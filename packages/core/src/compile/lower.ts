import { LockstepError } from '../errors.ts';
import { checkGraph } from '../graph/check.ts';
import { type Graph, rootsOf, type TouchedRows, topologicalOrder } from '../graph/graph.ts';
import { constantOp, isMadeBy, variableOp } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { mapExpressions } from '../nest/analysis.ts';
import { axesOf, identityIndex, type Lowering, load, type TensorRef } from '../nest/lowering.ts';
import type { Nest } from '../nest/nest.ts';
import { axis, f32, i32, primitive, rewrite, type Scalar } from '../nest/scalar.ts';
import { clampIndex } from '../ops/indexing.ts';
import { sizeOf, type TensorType } from '../tensor/tensorType.ts';
import { checkNest } from './checkNest.ts';
import { denseLayout } from './layout.ts';
import { leafStorage } from './leafStorage.ts';
import type { Kernel, Phase, Program, ProgramTensor, Storage } from './program.ts';

export interface LowerOptions {
  /** Default: the graph's name. */
  readonly name?: string;
  /** Rows of the mini-batch; 0 when the graph has no batch axis. */
  readonly batchSize: number;
  /** Parts that a sum over the mini-batch is made in; see `defaultLanes`. */
  readonly lanes: number;
  /** Entries of the per-step tables. */
  readonly steps: number;
}

/** A one-element constant as a scalar: it then needs no memory, and float64 keeps all of its digits. */
function inlineValue(node: Node): Scalar | undefined {
  if (!isMadeBy(node, constantOp) || sizeOf(node.shape) !== 1) return undefined;
  const value = node.attributes.values[0] ?? 0;
  if (node.dtype === 'float32') return f32(value);
  return node.dtype === 'int32' ? i32(value) : undefined;
}

/** Puts scalars in the place of loads. */
function inlineLoads(nest: Nest, inlined: ReadonlyMap<number, Scalar>): Nest {
  const done = new Map<Scalar, Scalar>();
  const replace = (scalar: Scalar): Scalar =>
    scalar.kind === 'load' ? (inlined.get(scalar.tensor) ?? scalar) : scalar;
  return mapExpressions(nest, (root) => rewrite(root, replace, done));
}

/** The tensors and kernels of a program that is being lowered. */
class Lowered {
  /** A tensor's id is its position. */
  readonly tensors: ProgramTensor[] = [];
  readonly kernels: Kernel[] = [];
  readonly #batchSize: number;
  readonly #ofNode = new Map<Node, ProgramTensor>();
  readonly #ofLeaf = new Map<string, ProgramTensor>();
  readonly #inlined = new Map<number, Scalar>();

  constructor(batchSize: number) {
    this.#batchSize = batchSize;
  }

  declare(name: string, { shape, dtype, batchAxis }: TensorType, storage: Storage): ProgramTensor {
    const id = this.tensors.length;
    const batch = batchAxis === undefined ? {} : { batchAxis };
    const tensor = { id, name, shape, dtype, ...batch, storage, layout: denseLayout(shape) };
    this.tensors.push(tensor);
    return tensor;
  }

  temporary(name: string, type: TensorType): ProgramTensor {
    return this.declare(`${name}.${this.tensors.length}`, type, { kind: 'temporary' });
  }

  tensor(node: Node): ProgramTensor {
    const known = this.#ofNode.get(node);
    if (known) return known;
    const tensor = this.#leaf(node) ?? this.temporary(node.op.name, node);
    this.#ofNode.set(node, tensor);
    return tensor;
  }

  #leaf(node: Node): ProgramTensor | undefined {
    const leaf = leafStorage(node);
    if (!leaf) return undefined;
    const known = leaf.key === undefined ? undefined : this.#ofLeaf.get(leaf.key);
    if (known) {
      const describe = ({ shape, dtype, batchAxis }: TensorType): string =>
        `${dtype} [${shape.join(', ')}]${batchAxis === undefined ? '' : ` with batch axis ${batchAxis}`}`;
      if (describe(known) !== describe(node))
        throw new LockstepError('DUPLICATE_NAME', `two leaves called "${leaf.name}" have different types`, {
          where: { op: node.op.name },
          got: describe(node),
          wanted: describe(known),
        });
      return known;
    }
    const tensor = this.declare(leaf.name ?? `constant.${this.tensors.length}`, node, leaf.storage);
    if (leaf.key !== undefined) this.#ofLeaf.set(leaf.key, tensor);
    const scalar = inlineValue(node);
    if (scalar) this.#inlined.set(tensor.id, scalar);
    return tensor;
  }

  nest(nest: Nest): void {
    checkNest(nest, this.tensors, this.#batchSize);
    this.kernels.push({ nest: inlineLoads(nest, this.#inlined), split: { kind: 'single' } });
  }

  copy(name: string, from: TensorRef, to: TensorRef): void {
    const index = identityIndex(to.shape.length);
    this.nest({ name, axes: axesOf(to), stores: [{ tensor: to.id, index, value: load(from, index) }] });
  }

  /** Each position that is the first of its row. */
  copyRows(name: string, from: TensorRef, to: TensorRef, { index, first }: TouchedRows): void {
    const point = identityIndex(from.shape.length);
    const position = point.slice(0, 1);
    const row = clampIndex(load(this.tensor(index), position), to.shape[0] ?? 1);
    this.nest({
      name,
      axes: axesOf(from),
      stores: [
        {
          tensor: to.id,
          index: [row, ...point.slice(1)],
          value: load(from, point),
          guard: primitive('intEqual', load(this.tensor(first), position), axis(0)),
        },
      ],
    });
  }

  compute(node: Node): void {
    if (leafStorage(node)) {
      this.tensor(node);
      return;
    }
    const { op } = node;
    if (!op.lower)
      throw new LockstepError('GRAPH_INVALID', 'the op says nothing of how it is computed', {
        where: { op: op.name },
        hint: 'give the op a lower()',
      });
    const context: Lowering<Node> = {
      tensor: (of) => this.tensor(of),
      temporary: (type) => this.temporary(op.name, type),
      nest: (nest) => this.nest(nest),
    };
    op.lower(context, node);
  }
}

/**
 * The program that defines a graph's bits: every node is computed whole, one after another, into a row-major tensor of its own,
 * by a single worker. Outputs are then copied to the tables of results, the guard is looked at, and last the new
 * values are copied to the variables, so that every node sees the old ones.
 *
 * @throws LockstepError what `checkGraph` and the ops' `lower` throw; GRAPH_INVALID for an illegal nest
 */
export function lower(graph: Graph, options: LowerOptions): Program {
  const { batchSize, lanes, steps } = options;
  checkGraph(graph, batchSize);
  const lowered = new Lowered(batchSize);
  for (const node of topologicalOrder(rootsOf(graph))) lowered.compute(node);
  for (const [name, node] of Object.entries(graph.outputs))
    lowered.copy(
      `output ${name}`,
      lowered.tensor(node),
      lowered.declare(name, node, { kind: 'result', name }),
    );
  const newValues = graph.updates.map(({ variable, value, rows }) => {
    const to = lowered.tensor(variable);
    const from = lowered.tensor(value);
    if (!isMadeBy(value, variableOp)) return { from, to, rows };
    const old = lowered.temporary('old', value);
    lowered.copy(`old ${from.name}`, from, old);
    return { from: old, to, rows };
  });
  const guardAfter = lowered.kernels.length;
  for (const { from, to, rows } of newValues)
    if (rows === undefined) lowered.copy(`update ${to.name}`, from, to);
    else lowered.copyRows(`update ${to.name}`, from, to, rows);

  const guardNode = graph.guard === undefined ? undefined : graph.outputs[graph.guard];
  const guard = guardNode && lowered.tensor(guardNode).id;
  const phase: Phase = {
    groups: lowered.kernels.map((kernel) => ({ kernels: [kernel], chunk: 1 })),
    ...(guard !== undefined && { guard: { tensor: guard, guardAfter } }),
  };
  return {
    name: options.name ?? graph.name,
    tensors: lowered.tensors,
    phases: [phase],
    batchSize,
    lanes,
    steps,
    ...(graph.guard !== undefined && { guard: graph.guard }),
  };
}
