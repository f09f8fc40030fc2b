import { logSoftmax, mul, neg, sum } from '../../ops/index.ts';
import { type LabelSmoothingOptions, smooth, smoothingOf } from './labelSmoothing.ts';
import { type Loss, matchTarget } from './loss.ts';

/**
 * Cross entropy of target probabilities (one-hot or not) and logits: -sum_j target_j logSoftmax(output)_j.
 *
 * The loss takes logits [B, classes], before any softmax, and targets [B, classes], and gives [B]; it throws LockstepError
 * SHAPE_MISMATCH.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function categoricalCrossentropy(options: LabelSmoothingOptions = {}): Loss {
  const smoothing = smoothingOf('categoricalCrossentropy', options);
  return function categoricalCrossentropy(output, target) {
    const matched = matchTarget('categoricalCrossentropy', output, target);
    const probabilities = smooth(matched, smoothing, output.shape.at(-1) ?? 1);
    return neg(sum(mul(probabilities, logSoftmax(output)), { axes: [-1] }));
  };
}
