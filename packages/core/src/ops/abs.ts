import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { primitive } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { mul } from './mul.ts';
import { unarySamples } from './samples.ts';
import { sign } from './sign.ts';

export const absOp: Op<None> = {
  ...elementwise<None>('abs', floatOnly, ([x]) => primitive('abs', x)),
  gradient: ({ inputs: [x] }, upstream) => [x && mul(upstream, sign(x))],
  samples: () => unarySamples({}, [0.1, 2]),
};

/** |x|, element-wise, float32. The derivative at 0 is 0. */
export function abs(x: Node): Node {
  return apply(absOp, [x], {});
}
