import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { call } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { mul } from './mul.ts';
import { unarySamples } from './samples.ts';

export const expOp: Op<None> = {
  ...elementwise<None>('exp', floatOnly, ([x]) => call('exp', x)),
  gradient: (node, upstream) => [mul(upstream, node)],
  samples: () => unarySamples({}),
};

/** e^x, element-wise, float32. */
export function exp(x: Node): Node {
  return apply(expOp, [x], {});
}
