import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import * as scalar from '../nest/scalar.ts';
import type { None, Operand } from './elementwise.ts';
import { elementwise, floatOrInt, toNodes } from './elementwise.ts';
import { neg } from './neg.ts';
import { binarySamples } from './samples.ts';

export const subOp: Op<None> = {
  ...elementwise<None>('sub', floatOrInt, ([a, b]) =>
    a.type === 'i32' ? scalar.primitive('intSub', a, b) : scalar.sub(a, b),
  ),
  gradient: (_node, upstream) => [upstream, neg(upstream)],
  samples: () => binarySamples({}),
};

/**
 * Element-wise difference, with broadcasting. Both float32 or both int32 (which wraps around).
 *
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function sub(a: Operand, b: Operand): Node {
  return apply(subOp, toNodes(a, b), {});
}
