import type { Node } from '../../graph/node.ts';
import { argMax } from '../../ops/index.ts';
import { checkLabels, matchTarget } from '../losses/loss.ts';

/**
 * The class that every row's target names, int32 [B]: labels as they are, of dense targets [B, classes] the greatest.
 *
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function labelsOf(name: string, output: Node, target: Node): Node {
  if (target.shape.length > 1) return argMax(matchTarget(name, output, target));
  checkLabels(name, output, target);
  return target;
}
