import type { Node } from '../../graph/node.ts';
import { abs, sub } from '../../ops/index.ts';
import { matchTarget, meanOfRows } from './loss.ts';

/**
 * Mean of |output - target| over everything but the rows. Where they are equal the gradient is 0.
 *
 * @param output - [B, ...]
 * @param target - the same shape; [B] goes with [B, 1]
 * @returns [B]
 * @throws LockstepError SHAPE_MISMATCH
 */
export function meanAbsoluteError(output: Node, target: Node): Node {
  return meanOfRows(abs(sub(output, matchTarget('meanAbsoluteError', output, target))));
}
