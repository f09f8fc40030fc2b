import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { call } from '../nest/scalar.ts';
import { div } from './div.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { unarySamples } from './samples.ts';

export const logOp: Op<None> = {
  ...elementwise<None>('log', floatOnly, ([x]) => call('log', x)),
  gradient: ({ inputs: [x] }, upstream) => [x && div(upstream, x)],
  samples: () => unarySamples({}, [0.2, 3]),
};

/** Natural logarithm, element-wise, float32: -infinity at 0, NaN below. */
export function log(x: Node): Node {
  return apply(logOp, [x], {});
}
