import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { primitive } from '../nest/scalar.ts';
import { comparisonOp } from './comparison.ts';
import type { None, Operand } from './elementwise.ts';
import { toNodes } from './elementwise.ts';

export const notEqualOp: Op<None> = comparisonOp('notEqual', {
  float: (a, b) => primitive('notEqual', a, b),
  int: (a, b) => primitive('maskNot', primitive('intEqual', a, b)),
});

/**
 * a ≠ b, element-wise with broadcasting, as bool. Both float32 or both int32; true for NaN.
 *
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function notEqual(a: Operand, b: Operand): Node {
  return apply(notEqualOp, toNodes(a, b), {});
}
