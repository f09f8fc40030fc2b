import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { primitive } from '../nest/scalar.ts';
import { comparisonOp } from './comparison.ts';
import type { None, Operand } from './elementwise.ts';
import { toNodes } from './elementwise.ts';

export const greaterEqualOp: Op<None> = comparisonOp('greaterEqual', {
  float: (a, b) => primitive('greaterEqual', a, b),
  int: (a, b) => primitive('maskNot', primitive('intLess', a, b)),
});

/**
 * a >= b, element-wise with broadcasting, as bool. Both float32 or both int32; false for NaN.
 *
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function greaterEqual(a: Operand, b: Operand): Node {
  return apply(greaterEqualOp, toNodes(a, b), {});
}
