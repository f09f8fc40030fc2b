import { logSoftmax, mul, neg, pick } from '../../ops/index.ts';
import { checkOptions } from '../../options.ts';
import { type FocalOptions, focalFactor, focalRules } from './focalFactor.ts';
import { checkLabels, type Loss } from './loss.ts';

/**
 * Focal loss (Lin et al. 2017) of class labels and logits: -(1 - p)^gamma log(p), for p the probability that the softmax of the
 * output gives to the label. Classes are weighed by `classWeights` of the run.
 *
 * The loss takes logits [B, classes], before any softmax, and labels int32 [B], and gives [B]; it throws LockstepError
 * SHAPE_MISMATCH, DTYPE_MISMATCH.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function sparseCategoricalFocalCrossentropy(options: FocalOptions = {}): Loss {
  checkOptions('sparseCategoricalFocalCrossentropy', options, focalRules);
  const { gamma = 2 } = options;
  return function sparseCategoricalFocalCrossentropy(output, labels) {
    checkLabels('sparseCategoricalFocalCrossentropy', output, labels);
    const picked = pick(logSoftmax(output), labels);
    return neg(mul(focalFactor(picked, gamma), picked));
  };
}
