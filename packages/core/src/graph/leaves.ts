import { LockstepError } from '../errors.ts';
import type { DType } from '../tensor/dtype.ts';
import { sizeOf, type TensorType } from '../tensor/tensorType.ts';
import { type Attributes, apply, type Node, type Op } from './node.ts';

/** A tensor that the host writes before a program runs, and that stays (a data set, a batch to predict). */
export interface InputAttributes extends Attributes {
  readonly name: string;
  readonly type: TensorType;
}

/** A value that is different for every step: rows of the batch, learning rate. The host fills a table with one entry a step. */
export interface StepValueAttributes extends InputAttributes {}

/**
 * What a variable is for: `parameter` (trained; hashed), `statistic` (running statistics; hashed), `optimizer`
 * (moments and the like), `average` (of a parameter over the steps), `accumulator` (sums kept between the parts of one
 * optimizer step; no part of a run's state).
 */
export type VariableRole = 'parameter' | 'statistic' | 'optimizer' | 'average' | 'accumulator';

/** A tensor that lives on between steps and is changed by a graph's updates. */
export interface VariableAttributes extends Attributes {
  /** Unique name, such as `layers.0.weight`. Randomness and the weights hash are keyed by it. */
  readonly path: string;
  readonly role: VariableRole;
  readonly trainable: boolean;
  /** Graph of the value at the start (same shape). */
  readonly initial: Node;
}

export interface ConstantAttributes extends Attributes {
  /** Row-major. */
  readonly values: readonly number[] | Float32Array | Int32Array;
  readonly type: TensorType;
}

const declared = <A extends Attributes & { readonly type: TensorType }>(name: string): Op<A> => ({
  name,
  infer: (_inputs, attributes) => attributes.type,
});

export const inputOp: Op<InputAttributes> = declared('input');
export const stepValueOp: Op<StepValueAttributes> = declared('stepValue');
export const constantOp: Op<ConstantAttributes> = declared('constant');
export const variableOp: Op<VariableAttributes> = {
  name: 'variable',
  infer: (_inputs, { initial }) => ({ shape: initial.shape, dtype: initial.dtype }),
};

/** Narrows a node to one made by a given op, with its attributes typed. */
export function isMadeBy<A extends Attributes>(node: Node, op: Op<A>): node is Node<A> {
  return Object.is(node.op, op);
}

/**
 * An input tensor.
 *
 * @param name - what the host calls it
 * @param type - shape, dtype (default float32) and, if its rows are the mini-batch, the batch axis
 */
export function input(
  name: string,
  type: { shape: readonly number[]; dtype?: DType; batchAxis?: number },
): Node<InputAttributes> {
  return apply(inputOp, [], { name, type: { ...type, dtype: type.dtype ?? 'float32' } });
}

/** A per-step value, by default a float32 scalar. */
export function stepValue(
  name: string,
  type: { shape?: readonly number[]; dtype?: DType; batchAxis?: number } = {},
): Node<StepValueAttributes> {
  return apply(stepValueOp, [], {
    name,
    type: { ...type, shape: type.shape ?? [], dtype: type.dtype ?? 'float32' },
  });
}

/**
 * A variable: weights, running statistics, optimizer state.
 *
 * @throws LockstepError GRAPH_INVALID when the path is empty
 */
export function variable(
  path: string,
  initial: Node,
  options: { role?: VariableRole; trainable?: boolean } = {},
): Node<VariableAttributes> {
  if (path === '')
    throw new LockstepError('GRAPH_INVALID', 'a variable has an empty path', {
      hint: 'give every variable a unique path such as "layers.0.weight"',
    });
  const role = options.role ?? 'parameter';
  const trainable = options.trainable ?? role === 'parameter';
  return apply(variableOp, [], { path, role, trainable, initial });
}

/**
 * A constant tensor; a single number is a scalar.
 *
 * @throws LockstepError SHAPE_MISMATCH when the count of values is not the shape's
 */
export function constant(
  values: number | readonly number[] | Float32Array | Int32Array,
  type: { shape?: readonly number[]; dtype?: DType } = {},
): Node<ConstantAttributes> {
  const list = typeof values === 'number' ? [values] : values;
  const shape = type.shape ?? (typeof values === 'number' ? [] : [list.length]);
  if (sizeOf(shape) !== list.length)
    throw new LockstepError('SHAPE_MISMATCH', 'the number of values does not fit the shape', {
      where: { op: 'constant' },
      got: `${list.length} values`,
      wanted: `${sizeOf(shape)} for shape [${shape.join(', ')}]`,
    });
  return apply(constantOp, [], { values: list, type: { shape, dtype: type.dtype ?? 'float32' } });
}
