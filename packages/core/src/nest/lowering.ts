import type { TensorType } from '../tensor/tensorType.ts';
import type { Nest, NestAxis } from './nest.ts';
import { axis, type Scalar, scalarTypeOf } from './scalar.ts';

/** A tensor as a nest sees it: a number to load from and store to, and its type. */
export interface TensorRef extends TensorType {
  readonly id: number;
}

/**
 * What an op's `lower` works with.
 *
 * @typeParam N - the nodes of a graph
 */
export interface Lowering<N> {
  /** The tensor that holds a node's value (an input of the op that is lowered, or the node itself). */
  tensor(node: N): TensorRef;
  /** A tensor that lives only inside this op. */
  temporary(type: TensorType): TensorRef;
  /** Adds a loop nest; nests run in the order they are added. */
  nest(nest: Nest): void;
}

/** Reads one element. */
export function load(tensor: TensorRef, index: readonly Scalar[]): Scalar {
  return { kind: 'load', type: scalarTypeOf[tensor.dtype], tensor: tensor.id, index };
}

/** One parallel axis for each axis of a type. */
export function axesOf(type: TensorType): NestAxis[] {
  return type.shape.map((size, index) => ({ size, batch: index === type.batchAxis }));
}

/** The identity index of a tensor of this rank: axis(0), axis(1), ... */
export function identityIndex(rank: number): Scalar[] {
  return Array.from({ length: rank }, (_, index) => axis(index));
}

/**
 * Reads the element that broadcasting puts at `index` of a larger shape: axes are aligned at the right, size-1 axes and
 * missing ones repeat.
 */
export function loadBroadcast(tensor: TensorRef, index: readonly Scalar[]): Scalar {
  const skip = index.length - tensor.shape.length;
  const zero: Scalar = { kind: 'constant', type: 'i32', value: 0 };
  return load(
    tensor,
    tensor.shape.map((size, at) => (size === 1 ? zero : (index[at + skip] ?? zero))),
  );
}
