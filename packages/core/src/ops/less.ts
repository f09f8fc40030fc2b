import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { primitive } from '../nest/scalar.ts';
import { comparisonOp } from './comparison.ts';
import type { None, Operand } from './elementwise.ts';
import { toNodes } from './elementwise.ts';

export const lessOp: Op<None> = comparisonOp('less', {
  float: (a, b) => primitive('less', a, b),
  int: (a, b) => primitive('intLess', a, b),
});

/**
 * a < b, element-wise with broadcasting, as bool. Both float32 or both int32; false for NaN.
 *
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function less(a: Operand, b: Operand): Node {
  return apply(lessOp, toNodes(a, b), {});
}
