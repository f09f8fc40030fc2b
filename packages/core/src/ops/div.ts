import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import * as scalar from '../nest/scalar.ts';
import type { None, Operand } from './elementwise.ts';
import { elementwise, floatOnly, toNodes } from './elementwise.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import { binarySamples } from './samples.ts';

export const divOp: Op<None> = {
  ...elementwise<None>('div', floatOnly, ([a, b]) => scalar.div(a, b)),
  // d(a/b)/db = -(a/b)/b: from the output, so that `a` need not be kept.
  gradient: (node, upstream) => {
    const [, b] = node.inputs;
    if (!b) return [];
    const left = div(upstream, b);
    return [left, neg(mul(left, node))];
  },
  samples: () => binarySamples({}, { right: [0.5, 2.5] }),
};

/**
 * Element-wise quotient, with broadcasting. Both float32; x/0 is infinite, 0/0 is NaN.
 *
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function div(a: Operand, b: Operand): Node {
  return apply(divOp, toNodes(a, b), {});
}
