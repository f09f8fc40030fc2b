import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import * as scalar from '../nest/scalar.ts';
import type { None, Operand } from './elementwise.ts';
import { elementwise, floatOrInt, toNodes } from './elementwise.ts';
import { binarySamples } from './samples.ts';

export const addOp: Op<None> = {
  ...elementwise<None>('add', floatOrInt, ([a, b]) =>
    a.type === 'i32' ? scalar.primitive('intAdd', a, b) : scalar.add(a, b),
  ),
  gradient: (_node, upstream) => [upstream, upstream],
  samples: () => binarySamples({}),
};

/**
 * Element-wise sum, with broadcasting. Both float32 or both int32 (which wraps around).
 *
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function add(a: Operand, b: Operand): Node {
  return apply(addOp, toNodes(a, b), {});
}
