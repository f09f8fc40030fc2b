import type { Lowering } from '../nest/lowering.ts';
import type { TensorType } from '../tensor/tensorType.ts';

/** Attributes of a node: plain data that decides what the op computes (axes, flags, names, constants). */
export type Attributes = object;

/** One operation of a graph: frozen data. Two nodes are the same tensor exactly if they are the same object. */
export interface Node<A extends Attributes = Attributes> extends TensorType {
  readonly op: Op<A>;
  readonly inputs: readonly Node[];
  readonly attributes: A;
}

/** One case that the conformance suite runs an op on. Float values default to a generic mix when absent. */
export interface Sample<A extends Attributes = Attributes> {
  readonly attributes: A;
  readonly inputs: readonly SampleInput[];
  /** Finite differences are meaningless here (a kink, a jump, integers only). */
  readonly skipGradient?: string;
}

export interface SampleInput extends TensorType {
  /** Interval that float values are drawn from (default [-2, 2]); integers are drawn from it rounded. */
  readonly range?: readonly [number, number];
  /** Exact values, row-major, instead of drawn ones. */
  readonly values?: readonly number[];
  /** Fixed for the gradient check (an index, a mask, a probability). */
  readonly constant?: boolean;
}

/**
 * Everything the engine knows of one operation. An op is one file; nothing else names it.
 *
 * @typeParam A - the op's attributes
 */
export interface Op<A extends Attributes = Attributes> {
  readonly name: string;
  /**
   * The shape rule: type of the result.
   * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH or BAD_OPTION when the inputs are not legal
   */
  infer(inputs: readonly TensorType[], attributes: A): TensorType;
  /**
   * Vector-Jacobian product as ordinary graph: for each input the gradient of a scalar with respect to it,
   * given `upstream`, the gradient with respect to `node` (same shape as `node`). A gradient may have the
   * broadcast (output) shape: `grad` sums it down to the input's shape. `undefined`: no gradient flows there.
   * Absent: `grad` refuses to pass the op; one that lets nothing through on purpose answers with `undefined` entries.
   */
  gradient?(node: Node<A>, upstream: Node): readonly (Node | undefined)[];
  /** Loop nests on logical shapes that compute the result. Leaves (inputs, variables, constants) have none. */
  lower?(context: Lowering<Node>, node: Node<A>): void;
  /** A node that is equal to this one in every bit and cheaper, if there is one: an input that passes through, say. */
  simplify?(node: Node<A>): Node | undefined;
  /** Cases for the conformance suite. */
  samples?(): readonly Sample<A>[];
}

/**
 * Applies an op: infers the type of the result and freezes the node.
 *
 * @throws LockstepError whatever the op's shape rule throws
 */
export function apply<A extends Attributes>(op: Op<A>, inputs: readonly Node[], attributes: A): Node<A> {
  const type = op.infer(inputs, attributes);
  return Object.freeze({
    op,
    inputs: Object.freeze([...inputs]),
    attributes: Object.freeze(attributes),
    shape: Object.freeze([...type.shape]),
    dtype: type.dtype,
    ...(type.batchAxis === undefined ? {} : { batchAxis: type.batchAxis }),
  });
}
