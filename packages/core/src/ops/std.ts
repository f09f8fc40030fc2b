import type { Node } from '../graph/node.ts';
import { lengthOfSquares } from './length.ts';
import type { VarianceOptions } from './variance.ts';
import { variance } from './variance.ts';

/**
 * Standard deviation over axes (default: all), float32: the square root of the variance. Where all elements are equal the
 * gradient is 0.
 *
 * @param options - as for `variance`
 * @throws LockstepError BAD_OPTION for an axis that is not there, or a correction that leaves no count
 */
export function std(x: Node, options: VarianceOptions = {}): Node {
  return lengthOfSquares(variance(x, options));
}
