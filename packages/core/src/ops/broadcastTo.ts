import { LockstepError } from '../errors.ts';
import type { Attributes, Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { axesOf, identityIndex, loadBroadcast } from '../nest/lowering.ts';
import type { TensorType } from '../tensor/tensorType.ts';
import { broadcastTypes } from './elementwise.ts';
import { floats } from './samples.ts';

export interface BroadcastAttributes extends Attributes {
  readonly shape: readonly number[];
  readonly batchAxis?: number;
}

export const broadcastToOp: Op<BroadcastAttributes> = {
  name: 'broadcastTo',
  infer: ([from], { shape, batchAxis }) => {
    const { dtype } = from ?? { dtype: 'float32' };
    const wanted: TensorType = { shape, dtype, ...(batchAxis === undefined ? {} : { batchAxis }) };
    const type = broadcastTypes('broadcastTo', from ? [wanted, from] : [wanted]);
    if (type.shape.length !== shape.length || type.shape.some((size, at) => size !== shape[at]))
      throw new LockstepError('SHAPE_MISMATCH', 'the tensor does not broadcast to the shape', {
        where: { op: 'broadcastTo' },
        got: `[${from?.shape.join(', ')}] to [${shape.join(', ')}]`,
        wanted: 'equal sizes, or 1, from the right',
      });
    return { ...type, dtype };
  },
  gradient: (_node, upstream) => [upstream],
  lower: (context, node) => {
    const [x] = node.inputs;
    if (!x) return;
    const out = context.tensor(node);
    const index = identityIndex(out.shape.length);
    const value = loadBroadcast(context.tensor(x), index);
    context.nest({ name: 'broadcastTo', axes: axesOf(out), stores: [{ tensor: out.id, index, value }] });
  },
  samples: () => [
    { attributes: { shape: [5, 17], batchAxis: 0 }, inputs: [floats([17])] },
    { attributes: { shape: [5, 17] }, inputs: [floats([5, 1], { batchAxis: 0 })] },
    { attributes: { shape: [2, 3, 4, 5] }, inputs: [floats([3, 1, 5])] },
    { attributes: { shape: [3] }, inputs: [floats([])] },
  ],
};

/**
 * `x` repeated along axes where it has size 1 or that it lacks (aligned at the right).
 *
 * @param type - the shape wanted, and which of its axes is the mini-batch (default: the one that `x` has)
 * @throws LockstepError SHAPE_MISMATCH
 */
export function broadcastTo(x: Node, type: Pick<TensorType, 'shape' | 'batchAxis'>): Node {
  const { shape, batchAxis } = type;
  return apply(broadcastToOp, [x], { shape, ...(batchAxis === undefined ? {} : { batchAxis }) });
}
