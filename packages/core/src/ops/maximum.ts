import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { primitive } from '../nest/scalar.ts';
import type { None, Operand } from './elementwise.ts';
import { elementwise, floatOrInt, toNodes } from './elementwise.ts';
import { greaterEqual } from './greaterEqual.ts';
import { binarySamples, integers } from './samples.ts';
import { where } from './where.ts';

export const maximumOp: Op<None> = {
  ...elementwise<None>('maximum', floatOrInt, ([a, b]) =>
    primitive(a.type === 'i32' ? 'intMax' : 'max', a, b),
  ),
  gradient: ({ inputs: [a, b] }, upstream) => {
    if (!a || !b) return [];
    const first = greaterEqual(a, b);
    return [where(first, upstream, 0), where(first, 0, upstream)];
  },
  samples: () => [
    ...binarySamples({}, { left: [-2, -0.1], right: [0.1, 2] }),
    ...binarySamples({}, { left: [0.1, 2], right: [-2, -0.1] }),
    {
      attributes: {},
      inputs: [integers([5, 7], [-9, 9], { batchAxis: 0 }), integers([7], [-9, 9])],
      skipGradient: 'integers',
    },
  ],
};

/**
 * The greater of two, element-wise with broadcasting; both float32 or both int32. NaN if either is NaN; +0 is greater than -0.
 * Where they are equal the gradient goes to `a`.
 *
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function maximum(a: Operand, b: Operand): Node {
  return apply(maximumOp, toNodes(a, b), {});
}
