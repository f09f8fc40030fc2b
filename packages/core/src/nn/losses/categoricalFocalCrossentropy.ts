import { logSoftmax, mul, neg, sum } from '../../ops/index.ts';
import { checkOptions } from '../../options.ts';
import { type FocalOptions, focalFactor, focalRules } from './focalFactor.ts';
import { type Loss, matchTarget } from './loss.ts';

/**
 * Focal loss (Lin et al. 2017) of target probabilities (one-hot or not) and logits:
 * -sum_j target_j (1 - p_j)^gamma log(p_j), for p the softmax of the output. Classes are weighed by `classWeights` of the run.
 *
 * The loss takes logits [B, classes], before any softmax, and targets [B, classes], and gives [B]; it throws LockstepError
 * SHAPE_MISMATCH.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function categoricalFocalCrossentropy(options: FocalOptions = {}): Loss {
  checkOptions('categoricalFocalCrossentropy', options, focalRules);
  const { gamma = 2 } = options;
  return function categoricalFocalCrossentropy(output, target) {
    const matched = matchTarget('categoricalFocalCrossentropy', output, target);
    const logProbabilities = logSoftmax(output);
    const focused = mul(focalFactor(logProbabilities, gamma), logProbabilities);
    return neg(sum(mul(matched, focused), { axes: [-1] }));
  };
}
