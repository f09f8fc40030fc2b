import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { call } from '../nest/scalar.ts';
import { add } from './add.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { mul } from './mul.ts';
import { unarySamples } from './samples.ts';

export const expm1Op: Op<None> = {
  ...elementwise<None>('expm1', floatOnly, ([x]) => call('expm1', x)),
  gradient: (node, upstream) => [mul(upstream, add(node, 1))],
  samples: () => unarySamples({}),
};

/** e^x - 1, element-wise, float32, accurate for small x. */
export function expm1(x: Node): Node {
  return apply(expm1Op, [x], {});
}
