import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { call } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { mul } from './mul.ts';
import { unarySamples } from './samples.ts';
import { sub } from './sub.ts';

export const sigmoidOp: Op<None> = {
  ...elementwise<None>('sigmoid', floatOnly, ([x]) => call('sigmoid', x)),
  gradient: (node, upstream) => [mul(upstream, mul(node, sub(1, node)))],
  samples: () => unarySamples({}),
};

/** 1 / (1 + e^-x), element-wise, float32. */
export function sigmoid(x: Node): Node {
  return apply(sigmoidOp, [x], {});
}
