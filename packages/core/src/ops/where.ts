import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { select } from '../nest/scalar.ts';
import type { None, Operand } from './elementwise.ts';
import { broadcastTypes, elementwise, requireDType, sameDType, toNodes } from './elementwise.ts';
import { floats, masks, specialValues } from './samples.ts';

export const whereOp: Op<None> = {
  ...elementwise<None>('where', { inputs: [], result: 'same' }, ([condition, yes, no]) =>
    select(condition, yes, no),
  ),
  infer: (inputs) => {
    requireDType('where', inputs.slice(0, 1), ['bool']);
    const dtype = sameDType('where', inputs.slice(1), ['float32', 'int32', 'bool']);
    return { ...broadcastTypes('where', inputs), dtype };
  },
  gradient: ({ inputs: [condition] }, upstream) =>
    condition ? [undefined, where(condition, upstream, 0), where(condition, 0, upstream)] : [],
  samples: () => [
    {
      attributes: {},
      inputs: [
        masks([5, 7], { batchAxis: 0 }),
        floats([5, 7], { batchAxis: 0 }),
        floats([5, 7], { batchAxis: 0 }),
      ],
    },
    { attributes: {}, inputs: [masks([3, 1, 5]), floats([4, 1]), floats([])] },
    { attributes: {}, inputs: [masks([11, 1], { batchAxis: 0 }), floats([17]), floats([11, 17])] },
    {
      attributes: {},
      inputs: [
        masks([2, 1], { values: [0, -1] }),
        floats([specialValues.length], { values: specialValues }),
        floats([]),
      ],
      skipGradient: 'not finite',
    },
  ],
};

/**
 * `yes` where the condition holds, else `no`, with broadcasting: chosen, not computed, so that an infinity or NaN on the
 * side that is not taken leaves no trace. The gradient of that side is 0; where an op before it has an infinite derivative
 * (log at 0) the product of the two is NaN, so choose that op's operand as well.
 *
 * @param condition - bool
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function where(condition: Node, yes: Operand, no: Operand): Node {
  return apply(whereOp, [condition, ...toNodes(yes, no)], {});
}
