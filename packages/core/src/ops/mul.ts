import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import * as scalar from '../nest/scalar.ts';
import type { None, Operand } from './elementwise.ts';
import { elementwise, floatOrInt, toNodes } from './elementwise.ts';
import { binarySamples } from './samples.ts';

export const mulOp: Op<None> = {
  ...elementwise<None>('mul', floatOrInt, ([a, b]) =>
    a.type === 'i32' ? scalar.primitive('intMul', a, b) : scalar.mul(a, b),
  ),
  gradient: ({ inputs: [a, b] }, upstream) => [b && mul(upstream, b), a && mul(upstream, a)],
  samples: () => binarySamples({}),
};

/**
 * Element-wise product, with broadcasting. Both float32 or both int32 (which wraps around).
 *
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function mul(a: Operand, b: Operand): Node {
  return apply(mulOp, toNodes(a, b), {});
}
