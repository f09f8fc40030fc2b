import type { Node } from '../../graph/node.ts';
import { add, argMax, equal, expandDims, iota, max, pick, relu, sub, where } from '../../ops/index.ts';
import { checkLabels, matchTarget } from './loss.ts';

/**
 * Hinge loss of several classes (Crammer and Singer 2001): max(0, 1 + the greatest output of a wrong class - that of the right
 * one).
 *
 * @param output - [B, classes]
 * @param target - labels, int32 [B]; or [B, classes], of which the greatest is the right one
 * @returns [B]
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function categoricalHinge(output: Node, target: Node): Node {
  const labels = target.shape.length > 1 ? argMax(matchTarget('categoricalHinge', output, target)) : target;
  checkLabels('categoricalHinge', output, labels);
  const isRight = equal(expandDims(labels, 1), iota({ shape: [output.shape[1] ?? 1] }));
  const wrong = max(where(isRight, Number.NEGATIVE_INFINITY, output), { axes: [1] });
  return relu(add(sub(wrong, pick(output, labels)), 1));
}
