import type { Node } from '../../graph/node.ts';
import { square, sub } from '../../ops/index.ts';
import { matchTarget, meanOfRows } from './loss.ts';

/**
 * Mean of (output - target)^2 over everything but the rows.
 *
 * @param output - [B, ...]
 * @param target - the same shape; [B] goes with [B, 1]
 * @returns [B]
 * @throws LockstepError SHAPE_MISMATCH
 */
export function meanSquaredError(output: Node, target: Node): Node {
  return meanOfRows(square(sub(output, matchTarget('meanSquaredError', output, target))));
}
