import type { Node } from '../../graph/node.ts';
import { add, mul, softplus, sub } from '../../ops/index.ts';
import { matchTarget, meanOfRows } from './loss.ts';

/**
 * Mean of log(cosh(d)) over everything but the rows, for the differences d of output and target: about d² / 2 near 0 and
 * |d| - log 2 far from it, smooth in between. It is made as d + log(1 + exp(-2 d)) - log 2, which overflows for no d and whose
 * derivative is tanh(d).
 *
 * @param output - [B, ...]
 * @param target - the same shape; [B] goes with [B, 1]
 * @returns [B]
 * @throws LockstepError SHAPE_MISMATCH
 */
export function logCosh(output: Node, target: Node): Node {
  const difference = sub(output, matchTarget('logCosh', output, target));
  return meanOfRows(sub(add(difference, softplus(mul(difference, -2))), Math.LN2));
}
