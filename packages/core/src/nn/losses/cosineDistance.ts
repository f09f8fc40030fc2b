import type { Node } from '../../graph/node.ts';
import { div, maximum, mul, sqrt, square, sub, sum } from '../../ops/index.ts';
import { matchTarget, meanOfRows } from './loss.ts';

/** Least square of a length: a vector that is shorter counts as that long, so that one of zeros has a gradient of 0. */
const leastSquare = 1e-16;

const lengthOf = (x: Node): Node => sqrt(maximum(sum(square(x), { axes: [-1] }), leastSquare));

/**
 * 1 - cos of the angle between output and target as vectors along the last axis, from 0 to 2; the mean over the axes between rows
 * and vectors, if there are any.
 *
 * @param output - [B, ..., n]
 * @param target - the same shape
 * @returns [B]
 * @throws LockstepError SHAPE_MISMATCH
 */
export function cosineDistance(output: Node, target: Node): Node {
  const matched = matchTarget('cosineDistance', output, target);
  const product = sum(mul(output, matched), { axes: [-1] });
  return meanOfRows(sub(1, div(product, mul(lengthOf(output), lengthOf(matched)))));
}
