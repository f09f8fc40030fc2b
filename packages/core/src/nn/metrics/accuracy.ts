import type { Node } from '../../graph/node.ts';
import { argMax, cast, equal } from '../../ops/index.ts';
import { binaryAccuracy } from './binaryAccuracy.ts';
import { labelsOf } from './labelsOf.ts';

/**
 * 1 for every row whose greatest output is that of the right class, else 0; of equal outputs the first counts. Targets are
 * labels (int32 [B]) or, for dense ones ([B, classes]), the class with the greatest value. An output [B, 1] is one
 * yes-or-no answer a row: see {@link binaryAccuracy}.
 *
 * @param output - [B, classes] or [B, 1], logits or probabilities (for [B, 1] logits)
 * @returns [B]
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function accuracy(output: Node, target: Node): Node {
  if (output.shape.length === 2 && output.shape[1] === 1) return binaryAccuracy(output, target);
  return cast(equal(argMax(output), labelsOf('accuracy', output, target)), 'float32');
}
