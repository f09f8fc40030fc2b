import type { Node } from '../../graph/node.ts';
import { greater, log, logSoftmax, mul, sub, sum, where } from '../../ops/index.ts';
import { matchTarget } from './loss.ts';

/**
 * Kullback-Leibler divergence of target probabilities t from those of logits:
 * sum_j t_j (log(t_j) - logSoftmax(output)_j), where a class with t_j = 0 adds nothing. Its gradient is that of the categorical
 * cross entropy; it is 0 where the probabilities agree.
 *
 * @param output - logits [B, classes], before any softmax
 * @param target - [B, classes]
 * @returns [B]
 * @throws LockstepError SHAPE_MISMATCH
 */
export function klDivergence(output: Node, target: Node): Node {
  const matched = matchTarget('klDivergence', output, target);
  const logTarget = log(where(greater(matched, 0), matched, 1));
  return sum(mul(matched, sub(logTarget, logSoftmax(output))), { axes: [-1] });
}
