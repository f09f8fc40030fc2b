import type { Node } from '../../graph/node.ts';
import { greater, mul, relu, sub, where } from '../../ops/index.ts';
import { matchTarget, meanOfRows } from './loss.ts';

/**
 * Hinge loss of yes-or-no answers, the mean over everything but the rows of max(0, 1 - s z) for s = 1 where the target is above 0,
 * and else -1: targets 0 and 1 will do as well as -1 and 1.
 *
 * @param output - z [B, ...], whose sign is the answer
 * @param target - the same shape; [B] goes with [B, 1]
 * @returns [B]
 * @throws LockstepError SHAPE_MISMATCH
 */
export function hinge(output: Node, target: Node): Node {
  const side = where(greater(matchTarget('hinge', output, target), 0), 1, -1);
  return meanOfRows(relu(sub(1, mul(side, output))));
}
