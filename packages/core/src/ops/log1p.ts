import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { call } from '../nest/scalar.ts';
import { add } from './add.ts';
import { div } from './div.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { unarySamples } from './samples.ts';

export const log1pOp: Op<None> = {
  ...elementwise<None>('log1p', floatOnly, ([x]) => call('log1p', x)),
  gradient: ({ inputs: [x] }, upstream) => [x && div(upstream, add(x, 1))],
  samples: () => unarySamples({}, [-0.6, 2]),
};

/** log(1 + x), element-wise, float32, accurate for small x. */
export function log1p(x: Node): Node {
  return apply(log1pOp, [x], {});
}
