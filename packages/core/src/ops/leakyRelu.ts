import { LockstepError } from '../errors.ts';
import type { Attributes, Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import * as scalar from '../nest/scalar.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { greater } from './greater.ts';
import { mul } from './mul.ts';
import { unarySamples } from './samples.ts';
import { where } from './where.ts';

export interface LeakyReluAttributes extends Attributes {
  readonly alpha: number;
}

export const leakyReluOp: Op<LeakyReluAttributes> = {
  ...elementwise<LeakyReluAttributes>('leakyRelu', floatOnly, ([x], { alpha }) =>
    scalar.select(scalar.primitive('greater', x, scalar.f32(0)), x, scalar.mul(x, scalar.f32(alpha))),
  ),
  // alpha is not negative, so that the output has the sign of the input.
  gradient: (node, upstream) => [where(greater(node, 0), upstream, mul(upstream, node.attributes.alpha))],
  samples: () => [...unarySamples({ alpha: 0.2 }, [0.1, 2]), ...unarySamples({ alpha: 0.01 }, [-2, -0.1])],
};

/**
 * x where it is positive, else alpha x; element-wise, float32. The derivative at 0 is alpha.
 *
 * @param alpha - slope below 0, not negative
 * @throws LockstepError BAD_OPTION
 */
export function leakyRelu(x: Node, alpha = 0.01): Node {
  if (!(alpha >= 0 && alpha < Infinity))
    throw new LockstepError('BAD_OPTION', 'the slope does not fit', {
      where: { op: 'leakyRelu', field: 'alpha' },
      got: `${alpha}`,
      wanted: 'a finite number, not below 0',
    });
  return apply(leakyReluOp, [x], { alpha });
}
