import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { f32, primitive } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { greater } from './greater.ts';
import { unarySamples } from './samples.ts';
import { where } from './where.ts';

export const reluOp: Op<None> = {
  // pmax is x < 0 ? 0 : x: one instruction, where max takes seven and keeps V8 from pairing a product's whole kernel.
  ...elementwise<None>('relu', floatOnly, ([x]) => primitive('pmax', x, f32(0))),
  gradient: (node, upstream) => [where(greater(node, 0), upstream, 0)],
  samples: () => [...unarySamples({}, [0.1, 2]), ...unarySamples({}, [-2, -0.1])],
};

/** max(x, 0), element-wise, float32. NaN stays NaN and -0 stays -0; the derivative at 0 is 0. */
export function relu(x: Node): Node {
  return apply(reluOp, [x], {});
}
