import { LockstepError } from '../errors.ts';
import type { Attributes, Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { f32, primitive } from '../nest/scalar.ts';
import { elementwise, floatOnly } from './elementwise.ts';
import { equal } from './equal.ts';
import { unarySamples } from './samples.ts';
import { where } from './where.ts';

export interface ClipAttributes extends Attributes {
  readonly low: number;
  readonly high: number;
}

export const clipOp: Op<ClipAttributes> = {
  // pmax and pmin keep a NaN that stands first, and are one instruction each.
  ...elementwise<ClipAttributes>('clip', floatOnly, ([x], { low, high }) =>
    primitive('pmin', primitive('pmax', x, f32(low)), f32(high)),
  ),
  gradient: (node, upstream) => {
    const [x] = node.inputs;
    return [x && where(equal(node, x), upstream, 0)];
  },
  samples: () => [
    ...unarySamples({ low: -0.5, high: 0.75 }, [-0.4, 0.7]),
    ...unarySamples({ low: -0.5, high: 0.75 }, [0.8, 2]),
    ...unarySamples({ low: -Infinity, high: -2.5 }, [-2, 2]),
  ],
};

/**
 * `x` moved into low to high, element-wise, float32; NaN stays NaN. The derivative is 1 from `low` to `high`, both included,
 * and 0 outside.
 *
 * @param low - -Infinity for no lower bound
 * @param high - Infinity for no upper bound
 * @throws LockstepError BAD_OPTION when `low` is not at most `high`
 */
export function clip(x: Node, low: number, high: number): Node {
  if (!(low <= high))
    throw new LockstepError('BAD_OPTION', 'the bounds do not fit', {
      where: { op: 'clip', field: 'low' },
      got: `${low} to ${high}`,
      wanted: 'two numbers, the first at most as great as the second',
    });
  return apply(clipOp, [x], { low, high });
}
