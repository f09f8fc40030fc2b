import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { div, f32 } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import { unarySamples } from './samples.ts';
import { square } from './square.ts';

export const reciprocalOp: Op<None> = {
  ...elementwise<None>('reciprocal', floatOnly, ([x]) => div(f32(1), x)),
  gradient: (node, upstream) => [neg(mul(upstream, square(node)))],
  samples: () => unarySamples({}, [0.4, 2]),
};

/** 1/x, element-wise, float32, correctly rounded. */
export function reciprocal(x: Node): Node {
  return apply(reciprocalOp, [x], {});
}
