import {
  cast,
  expandDims,
  iota,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  notEqual,
  pick,
  sum,
} from '../../ops/index.ts';
import { checkOptions, positiveInteger } from '../../options.ts';
import { labelsOf } from './labelsOf.ts';
import type { RowMetric } from './metric.ts';

/**
 * 1 for every row whose right class is among the k greatest outputs, else 0; of equal outputs the first counts as the greater one.
 * For k = 1 it is the accuracy. An output that is not a number is never among them.
 *
 * The metric takes outputs [B, classes] and labels (int32 [B]) or dense targets ([B, classes]), and gives [B]; it throws
 * LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH.
 *
 * @throws LockstepError BAD_OPTION
 */
export function topKAccuracy(k = 5): RowMetric {
  checkOptions('topKAccuracy', { k }, { k: positiveInteger });
  return (output, target) => {
    const labels = labelsOf('topKAccuracy', output, target);
    const right = expandDims(pick(output, labels), 1);
    const label = expandDims(labels, 1);
    const position = iota({ shape: [output.shape[1] ?? 1] });
    // What is not below (or, behind it, not at most) the right one comes before it; so does everything if that is NaN.
    const beforeIt = logicalAnd(less(position, label), logicalNot(less(output, right)));
    const behindIt = logicalAnd(notEqual(position, label), logicalNot(lessEqual(output, right)));
    const ahead = sum(cast(logicalOr(beforeIt, behindIt), 'float32'), { axes: [1] });
    return cast(less(ahead, k), 'float32');
  };
}
