import type { Node } from '../../graph/node.ts';
import { abs, sub } from '../../ops/index.ts';
import { matchTarget, meanOfRows } from '../losses/loss.ts';

/**
 * Mean of |output - target| over everything but the rows: [B, ...] and the same -> [B].
 *
 * @throws LockstepError SHAPE_MISMATCH
 */
export function meanAbsoluteError(output: Node, target: Node): Node {
  return meanOfRows(abs(sub(output, matchTarget('meanAbsoluteError', output, target))));
}
