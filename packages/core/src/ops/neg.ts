import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { i32, primitive } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOrInt } from './elementwise.ts';
import { unarySamples } from './samples.ts';

export const negOp: Op<None> = {
  ...elementwise<None>('neg', floatOrInt, ([x]) =>
    x.type === 'i32' ? primitive('intSub', i32(0), x) : primitive('neg', x),
  ),
  gradient: (_node, upstream) => [neg(upstream)],
  samples: () => unarySamples({}),
};

/** -x, element-wise: float32 (the sign bit is flipped, of zeros too) or int32. */
export function neg(x: Node): Node {
  return apply(negOp, [x], {});
}
