import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { call } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { mul } from './mul.ts';
import { unarySamples } from './samples.ts';
import { square } from './square.ts';
import { sub } from './sub.ts';

export const tanhOp: Op<None> = {
  ...elementwise<None>('tanh', floatOnly, ([x]) => call('tanh', x)),
  gradient: (node, upstream) => [mul(upstream, sub(1, square(node)))],
  samples: () => unarySamples({}),
};

/** Hyperbolic tangent, element-wise, float32. */
export function tanh(x: Node): Node {
  return apply(tanhOp, [x], {});
}
