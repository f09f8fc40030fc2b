import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { primitive } from '../nest/scalar.ts';
import { comparisonOp } from './comparison.ts';
import type { None, Operand } from './elementwise.ts';
import { toNodes } from './elementwise.ts';

export const lessEqualOp: Op<None> = comparisonOp('lessEqual', {
  float: (a, b) => primitive('lessEqual', a, b),
  int: (a, b) => primitive('maskNot', primitive('intLess', b, a)),
});

/**
 * a <= b, element-wise with broadcasting, as bool. Both float32 or both int32; false for NaN.
 *
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function lessEqual(a: Operand, b: Operand): Node {
  return apply(lessEqualOp, toNodes(a, b), {});
}
