import { LockstepError } from '../errors.ts';
import type { Attributes, Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import * as scalar from '../nest/scalar.ts';
import { add } from './add.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { greater } from './greater.ts';
import { mul } from './mul.ts';
import { unarySamples } from './samples.ts';
import { where } from './where.ts';

export interface EluAttributes extends Attributes {
  readonly alpha: number;
}

export const eluOp: Op<EluAttributes> = {
  ...elementwise<EluAttributes>('elu', floatOnly, ([x], { alpha }) =>
    scalar.select(
      scalar.primitive('greater', x, scalar.f32(0)),
      x,
      scalar.mul(scalar.call('expm1', x), scalar.f32(alpha)),
    ),
  ),
  // alpha is not negative, so that the output has the sign of the input; below 0 the slope is alpha e^x = y + alpha.
  gradient: (node, upstream) => {
    const { alpha } = node.attributes;
    return [where(greater(node, 0), upstream, mul(upstream, add(node, alpha)))];
  },
  samples: () => [
    ...unarySamples({ alpha: 1 }, [0.1, 2]),
    ...unarySamples({ alpha: 1 }, [-2, -0.1]),
    ...unarySamples({ alpha: 1.5 }, [-2, -0.1]),
  ],
};

/**
 * x where it is positive, else alpha (e^x - 1); element-wise, float32 (Clevert, Unterthiner and Hochreiter 2015). The
 * derivative at 0 is alpha.
 *
 * @param alpha - minus the limit for small x; not negative
 * @throws LockstepError BAD_OPTION
 */
export function elu(x: Node, alpha = 1): Node {
  if (!(alpha >= 0 && alpha < Infinity))
    throw new LockstepError('BAD_OPTION', 'the scale of the negative part does not fit', {
      where: { op: 'elu', field: 'alpha' },
      got: `${alpha}`,
      wanted: 'a finite number, not below 0',
    });
  return apply(eluOp, [x], { alpha });
}
