import type { Node } from '../../graph/node.ts';
import { cast, greater, logicalAnd, logicalNot, logicalOr } from '../../ops/index.ts';
import { matchTarget, meanOfRows } from '../losses/loss.ts';
import type { RowMetric } from './metric.ts';

/**
 * The share of a row's yes-or-no answers that are right: an output above `threshold` says yes, a target above 0.5 is one.
 *
 * @param threshold - 0 for logits, 0.5 for probabilities
 */
export function binaryAccuracyAt(threshold: number): RowMetric {
  return (output, target) => {
    const said = greater(output, threshold);
    const right = greater(matchTarget('binaryAccuracy', output, target), 0.5);
    const both = logicalAnd(said, right);
    const neither = logicalNot(logicalOr(said, right));
    return meanOfRows(cast(logicalOr(both, neither), 'float32'));
  };
}

/**
 * {@link binaryAccuracyAt} for logits: [B, ...] and targets of the same shape -> [B].
 *
 * @throws LockstepError SHAPE_MISMATCH
 */
export function binaryAccuracy(output: Node, target: Node): Node {
  return binaryAccuracyAt(0)(output, target);
}
