import type { Node } from '../../graph/node.ts';
import { logSoftmax, neg, pick } from '../../ops/index.ts';
import { checkLabels } from './loss.ts';

/**
 * Cross entropy of class labels and logits: -logSoftmax(output)[label].
 *
 * @param output - logits [B, classes], before any softmax
 * @param labels - int32 [B], from 0 to classes - 1
 * @returns [B]
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function sparseCategoricalCrossentropy(output: Node, labels: Node): Node {
  checkLabels('sparseCategoricalCrossentropy', output, labels);
  return neg(pick(logSoftmax(output), labels));
}
