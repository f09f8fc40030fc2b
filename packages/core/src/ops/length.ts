import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { primitive } from '../nest/scalar.ts';
import { div } from './div.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { greater } from './greater.ts';
import { mul } from './mul.ts';
import { unarySamples } from './samples.ts';
import { where } from './where.ts';

export const lengthOp: Op<None> = {
  ...elementwise<None>('length', floatOnly, ([x]) => primitive('sqrt', x)),
  // The divisor is chosen too: at 0 the quotient would be infinite, and times 0 NaN.
  gradient: (node, upstream) => {
    const positive = greater(node, 0);
    return [where(positive, div(mul(upstream, 0.5), where(positive, node, 1)), 0)];
  },
  samples: () => unarySamples({}, [0.2, 3]),
};

/**
 * The length that belongs to a sum of squares: the square root, but with derivative 0 at 0, so that a vector of zeros has the
 * gradient 0 (a subgradient of its length) and not NaN.
 */
export function lengthOfSquares(x: Node): Node {
  return apply(lengthOp, [x], {});
}
