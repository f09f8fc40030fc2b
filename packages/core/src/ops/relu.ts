import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { f32, max } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { greater } from './greater.ts';
import { unarySamples } from './samples.ts';
import { where } from './where.ts';

export const reluOp: Op<None> = {
  ...elementwise<None>('relu', floatOnly, ([x]) => max(x, f32(0))),
  gradient: (node, upstream) => [where(greater(node, 0), upstream, 0)],
  samples: () => [...unarySamples({}, [0.1, 2]), ...unarySamples({}, [-2, -0.1])],
};

/** max(x, 0), element-wise, float32. NaN stays NaN; the derivative at 0 is 0. */
export function relu(x: Node): Node {
  return apply(reluOp, [x], {});
}
