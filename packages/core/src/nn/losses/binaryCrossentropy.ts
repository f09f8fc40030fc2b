import { add, exp, log1p, mul, relu, sub } from '../../ops/index.ts';
import { type LabelSmoothingOptions, smooth, smoothingOf } from './labelSmoothing.ts';
import { type Loss, matchTarget, meanOfRows } from './loss.ts';

/**
 * Cross entropy of yes-or-no targets and logits, the mean over everything but the rows:
 * max(z, 0) - z y + log(1 + exp(-|z|)), which overflows for no z.
 *
 * -|z| is made as z - 2 max(z, 0), which is exact, so that the derivative is sigmoid(z) - y at 0 too, where those of the
 * maximum and of |z| alone would be arbitrary.
 *
 * The loss takes logits z [B, ...], before any sigmoid, and targets y from 0 to 1 of the same shape ([B] goes with [B, 1]), and
 * gives [B]; it throws LockstepError SHAPE_MISMATCH.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function binaryCrossentropy(options: LabelSmoothingOptions = {}): Loss {
  const smoothing = smoothingOf('binaryCrossentropy', options);
  return function binaryCrossentropy(output, target) {
    const answers = smooth(matchTarget('binaryCrossentropy', output, target), smoothing, 2);
    const positive = relu(output);
    const rest = log1p(exp(sub(output, add(positive, positive))));
    return meanOfRows(add(sub(positive, mul(output, answers)), rest));
  };
}
