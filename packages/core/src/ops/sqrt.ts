import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { primitive } from '../nest/scalar.ts';
import { div } from './div.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { mul } from './mul.ts';
import { unarySamples } from './samples.ts';

export const sqrtOp: Op<None> = {
  ...elementwise<None>('sqrt', floatOnly, ([x]) => primitive('sqrt', x)),
  gradient: (node, upstream) => [div(mul(upstream, 0.5), node)],
  samples: () => unarySamples({}, [0.2, 3]),
};

/** Square root, element-wise, float32, correctly rounded; NaN below 0. The derivative at 0 is infinite. */
export function sqrt(x: Node): Node {
  return apply(sqrtOp, [x], {});
}
