import type { Node } from '../../graph/node.ts';
import { add, exp, log1p, mul, relu, sub } from '../../ops/index.ts';
import { matchTarget, meanOfRows } from './loss.ts';

/**
 * Cross entropy of yes-or-no targets and logits, the mean over everything but the rows:
 * max(z, 0) - z y + log(1 + exp(-|z|)), which overflows for no z.
 *
 * -|z| is made as z - 2 max(z, 0), which is exact, so that the derivative is sigmoid(z) - y at 0 too, where those of the
 * maximum and of |z| alone would be arbitrary.
 *
 * @param output - logits z [B, ...], before any sigmoid
 * @param target - y from 0 to 1, the same shape; [B] goes with [B, 1]
 * @returns [B]
 * @throws LockstepError SHAPE_MISMATCH
 */
export function binaryCrossentropy(output: Node, target: Node): Node {
  const matched = matchTarget('binaryCrossentropy', output, target);
  const positive = relu(output);
  const rest = log1p(exp(sub(output, add(positive, positive))));
  return meanOfRows(add(sub(positive, mul(output, matched)), rest));
}
