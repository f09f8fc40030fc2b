import type { Node } from '../graph/node.ts';
import { mul } from './mul.ts';
import type { ReduceOptions } from './reduce.ts';
import { normaliseAxes } from './reduce.ts';
import { sum } from './sum.ts';

/**
 * Arithmetic mean over axes (default: all), float32: the sum times float32(1 / count), where rows of the mini-batch count
 * like any other elements.
 *
 * @param options - axes: which (negative counts from the end); keepDims: leave them in place with size 1
 * @throws LockstepError BAD_OPTION for an axis that is not there
 */
export function mean(x: Node, options: ReduceOptions = {}): Node {
  const axes = normaliseAxes('mean', x.shape.length, options.axes ?? [...x.shape.keys()]);
  const count = axes.reduce((product, at) => product * (x.shape[at] ?? 1), 1);
  return mul(sum(x, options), 1 / count);
}
