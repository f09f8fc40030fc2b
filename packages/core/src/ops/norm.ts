import type { Node } from '../graph/node.ts';
import { lookUp } from '../nameLookup.ts';
import { abs } from './abs.ts';
import { lengthOfSquares } from './length.ts';
import { max } from './max.ts';
import type { ReduceOptions } from './reduce.ts';
import { square } from './square.ts';
import { sum } from './sum.ts';

const norms = {
  l1: (x: Node, options: ReduceOptions): Node => sum(abs(x), options),
  l2: (x: Node, options: ReduceOptions): Node => lengthOfSquares(sum(square(x), options)),
  max: (x: Node, options: ReduceOptions): Node => max(abs(x), options),
} as const satisfies Record<string, (x: Node, options: ReduceOptions) => Node>;

export interface NormOptions extends ReduceOptions {
  /** Sum of the absolute values, root of the sum of squares (default), or the greatest absolute value. */
  readonly kind?: keyof typeof norms;
}

/**
 * Norm over axes (default: all, as one vector), float32. The gradient of a vector of zeros is 0. Squares are not scaled: an L2
 * norm above 1.8e19 is infinite, and elements below 1e-23 count as 0.
 *
 * @param options - kind; axes: which (negative counts from the end); keepDims: leave them in place with size 1
 * @throws LockstepError BAD_OPTION for an axis that is not there, UNKNOWN_OPTION for another kind
 */
export function norm(x: Node, { kind = 'l2', ...options }: NormOptions = {}): Node {
  return lookUp('norm', norms, kind, { op: 'norm', field: 'kind' })(x, options);
}
