import type { Node } from '../../graph/node.ts';
import { logSoftmax, mul, neg, sum } from '../../ops/index.ts';
import { matchTarget } from './loss.ts';

/**
 * Cross entropy of target probabilities (one-hot or not) and logits: -sum_j target_j logSoftmax(output)_j.
 *
 * @param output - logits [B, classes], before any softmax
 * @param target - [B, classes]
 * @returns [B]
 * @throws LockstepError SHAPE_MISMATCH
 */
export function categoricalCrossentropy(output: Node, target: Node): Node {
  const matched = matchTarget('categoricalCrossentropy', output, target);
  return neg(sum(mul(matched, logSoftmax(output)), { axes: [-1] }));
}
