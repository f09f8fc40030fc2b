import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { call } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { mul } from './mul.ts';
import { unarySamples } from './samples.ts';
import { sigmoid } from './sigmoid.ts';

export const softplusOp: Op<None> = {
  ...elementwise<None>('softplus', floatOnly, ([x]) => call('softplus', x)),
  gradient: ({ inputs: [x] }, upstream) => [x && mul(upstream, sigmoid(x))],
  samples: () => unarySamples({}),
};

/** log(1 + e^x), element-wise, float32, without overflow. */
export function softplus(x: Node): Node {
  return apply(softplusOp, [x], {});
}
