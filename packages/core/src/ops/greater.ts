import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { primitive } from '../nest/scalar.ts';
import { comparisonOp } from './comparison.ts';
import type { None, Operand } from './elementwise.ts';
import { toNodes } from './elementwise.ts';

export const greaterOp: Op<None> = comparisonOp('greater', {
  float: (a, b) => primitive('greater', a, b),
  int: (a, b) => primitive('intLess', b, a),
});

/**
 * a > b, element-wise with broadcasting, as bool. Both float32 or both int32; false for NaN.
 *
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function greater(a: Operand, b: Operand): Node {
  return apply(greaterOp, toNodes(a, b), {});
}
