import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import * as scalar from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { mul } from './mul.ts';
import { unarySamples } from './samples.ts';

export const squareOp: Op<None> = {
  ...elementwise<None>('square', floatOnly, ([x]) => scalar.mul(x, x)),
  gradient: ({ inputs: [x] }, upstream) => [x && mul(upstream, mul(x, 2))],
  samples: () => unarySamples({}),
};

/** x², element-wise, float32. */
export function square(x: Node): Node {
  return apply(squareOp, [x], {});
}
