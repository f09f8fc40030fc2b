import { LockstepError } from '../errors.ts';
import type { Attributes, Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { axesOf, identityIndex } from '../nest/lowering.ts';
import * as scalar from '../nest/scalar.ts';

export interface IotaAttributes extends Attributes {
  readonly shape: readonly number[];
  readonly axis: number;
  readonly batchAxis?: number;
}

export const iotaOp: Op<IotaAttributes> = {
  name: 'iota',
  infer: (_inputs, { shape, axis, batchAxis }) => {
    if (shape[axis] === undefined)
      throw new LockstepError('BAD_OPTION', 'there is no such axis', {
        where: { op: 'iota', field: 'axis' },
        got: `${axis} for [${shape.join(', ')}]`,
      });
    return { shape, dtype: 'int32', ...(batchAxis === undefined ? {} : { batchAxis }) };
  },
  gradient: () => [],
  lower: (context, node) => {
    const out = context.tensor(node);
    const index = identityIndex(out.shape.length);
    const value = scalar.axis(node.attributes.axis);
    context.nest({ name: 'iota', axes: axesOf(out), stores: [{ tensor: out.id, index, value }] });
  },
  samples: () =>
    [
      { shape: [13], axis: 0 },
      { shape: [5, 7, 3], axis: 1 },
      { shape: [5, 7], axis: 0, batchAxis: 0 },
      { shape: [3, 9], axis: 1, batchAxis: 0 },
    ].map((attributes) => ({ attributes, inputs: [], skipGradient: 'it has no inputs' })),
};

/**
 * The index along one axis, int32: iota({ shape: [3] }) is [0, 1, 2].
 *
 * @param type - the shape, and which axis of it, if any, is the mini-batch
 * @param axis - counted from the start (default 0)
 * @throws LockstepError BAD_OPTION
 */
export function iota(type: { shape: readonly number[]; batchAxis?: number }, axis = 0): Node {
  const { shape, batchAxis } = type;
  return apply(iotaOp, [], { shape, axis, ...(batchAxis === undefined ? {} : { batchAxis }) });
}
