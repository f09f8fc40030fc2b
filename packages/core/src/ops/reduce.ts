import { LockstepError } from '../errors.ts';
import type { Attributes, Node } from '../graph/node.ts';
import type { TensorType } from '../tensor/tensorType.ts';
import { broadcastTo } from './broadcastTo.ts';
import { expandDims } from './reshape.ts';

/** Options of a reduction. */
export interface ReduceOptions {
  /** Which axes, in any order; negative counts from the end. Default: all of them. */
  readonly axes?: readonly number[];
  /** Leave the reduced axes in place, with size 1. */
  readonly keepDims?: boolean;
}

/** A reduction in the graph is over one axis, which goes away. */
export interface AxisAttributes extends Attributes {
  readonly axis: number;
}

/**
 * Axis numbers counted from the start, each once, in rising order.
 *
 * @throws LockstepError BAD_OPTION for an axis that is not there or is named twice
 */
export function normaliseAxes(name: string, rank: number, axes: readonly number[]): readonly number[] {
  const positions = axes.map((at) => (at < 0 ? at + rank : at));
  const legal = positions.every((at) => Number.isInteger(at) && at >= 0 && at < rank);
  if (!legal || new Set(positions).size !== positions.length)
    throw new LockstepError('BAD_OPTION', 'the axes do not fit the tensor', {
      where: { op: name, field: 'axes' },
      got: `[${axes.join(', ')}] for ${rank} axes`,
      wanted: `different integers from ${-rank} to ${rank - 1}`,
    });
  return positions.sort((a, b) => a - b);
}

/**
 * Reduces over several axes, one at a time, from the last to the first; this order is part of the result's bits.
 *
 * @param step - reduces over a single axis, which goes away
 * @throws LockstepError BAD_OPTION for an axis that is not there
 */
export function reduceAxes(
  name: string,
  x: Node,
  options: ReduceOptions,
  step: (node: Node, axis: number) => Node,
): Node {
  const axes = normaliseAxes(name, x.shape.length, options.axes ?? [...x.shape.keys()]);
  const reduced = axes.reduceRight(step, x);
  return options.keepDims === true ? axes.reduce(expandDims, reduced) : reduced;
}

/** Type of the result of a reduction over one axis. */
export function oneAxisType(
  name: string,
  inputs: readonly TensorType[],
  { axis }: AxisAttributes,
): Omit<TensorType, 'dtype'> & { dtype: 'float32' } {
  const [from] = inputs;
  const rank = from?.shape.length ?? 0;
  normaliseAxes(name, rank, [axis < 0 ? Number.NaN : axis]);
  const shape = (from?.shape ?? []).toSpliced(axis, 1);
  const batchAxis = from?.batchAxis;
  if (batchAxis === undefined || batchAxis === axis) return { shape, dtype: 'float32' };
  return { shape, dtype: 'float32', batchAxis: axis < batchAxis ? batchAxis - 1 : batchAxis };
}

/** Puts the axis that a reduction took away back, every element along it the same. */
export function broadcastBack(node: Node<AxisAttributes>, reduced: Node): Node {
  const [x] = node.inputs;
  return x ? broadcastTo(expandDims(reduced, node.attributes.axis), x) : reduced;
}
