import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { call } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { exp } from './exp.ts';
import { mul } from './mul.ts';
import { unarySamples } from './samples.ts';
import { square } from './square.ts';

export const erfInvOp: Op<None> = {
  ...elementwise<None>('erfInv', floatOnly, ([x]) => call('erfInv', x)),
  gradient: (node, upstream) => [mul(upstream, mul(exp(square(node)), Math.sqrt(Math.PI) / 2))],
  samples: () => unarySamples({}, [-0.9, 0.9]),
};

/** The x whose error function is the argument; element-wise, float32. Infinite at -1 and 1, NaN beyond. */
export function erfInv(x: Node): Node {
  return apply(erfInvOp, [x], {});
}
