import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { f32, primitive, select } from '../nest/scalar.ts';
import type { None } from './elementwise.ts';
import { elementwise, floatOnly } from './elementwise.ts';

import { unarySamples } from './samples.ts';

export const signOp: Op<None> = {
  ...elementwise<None>('sign', floatOnly, ([x]) =>
    select(primitive('greater', x, f32(0)), f32(1), select(primitive('less', x, f32(0)), f32(-1), x)),
  ),
  gradient: () => [undefined],
  samples: () => unarySamples({}, [0.1, 2]),
};

/** 1, -1, or `x` itself where it is zero or NaN; element-wise, float32. Its derivative is taken to be 0 everywhere. */
export function sign(x: Node): Node {
  return apply(signOp, [x], {});
}
