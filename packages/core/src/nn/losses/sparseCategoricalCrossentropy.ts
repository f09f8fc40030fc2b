import { add, logSoftmax, mul, neg, pick, sum } from '../../ops/index.ts';
import { type LabelSmoothingOptions, smoothingOf } from './labelSmoothing.ts';
import { checkLabels, type Loss } from './loss.ts';

/**
 * Cross entropy of class labels and logits: -logSoftmax(output)[label].
 *
 * The loss takes logits [B, classes], before any softmax, and labels int32 [B], from 0 to classes - 1, and gives [B]; it throws
 * LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function sparseCategoricalCrossentropy(options: LabelSmoothingOptions = {}): Loss {
  const smoothing = smoothingOf('sparseCategoricalCrossentropy', options);
  return function sparseCategoricalCrossentropy(output, labels) {
    checkLabels('sparseCategoricalCrossentropy', output, labels);
    const logProbabilities = logSoftmax(output);
    const picked = pick(logProbabilities, labels);
    if (smoothing === 0) return neg(picked);
    const spread = mul(sum(logProbabilities, { axes: [-1] }), smoothing / (output.shape.at(-1) ?? 1));
    return neg(add(mul(picked, 1 - smoothing), spread));
  };
}
