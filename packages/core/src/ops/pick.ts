import { LockstepError } from '../errors.ts';
import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { axesOf, identityIndex, load } from '../nest/lowering.ts';
import type { None } from './elementwise.ts';
import { requireDType } from './elementwise.ts';
import { equal } from './equal.ts';
import { clampIndex } from './indexing.ts';
import { iota } from './iota.ts';
import { maximum } from './maximum.ts';
import { minimum } from './minimum.ts';
import { expandDims } from './reshape.ts';
import { floats, integers } from './samples.ts';
import { where } from './where.ts';

export const pickOp: Op<None> = {
  name: 'pick',
  infer: ([x, index]) => {
    const kept = x?.shape.slice(0, -1) ?? [];
    if (
      !x ||
      !index ||
      x.shape.length !== index.shape.length + 1 ||
      kept.some((size, at) => size !== index.shape[at])
    )
      throw new LockstepError('SHAPE_MISMATCH', 'there has to be one index for each row', {
        where: { op: 'pick' },
        got: `index [${index?.shape.join(', ')}] into [${x?.shape.join(', ')}]`,
        wanted: `index [${kept.join(', ')}]`,
      });
    requireDType('pick', [index], ['int32']);
    const batchAxis = index.batchAxis ?? (x.batchAxis === kept.length ? undefined : x.batchAxis);
    return { shape: kept, dtype: x.dtype, ...(batchAxis === undefined ? {} : { batchAxis }) };
  },
  gradient: ({ inputs: [x, index] }, upstream) => {
    if (!x || !index) return [];
    const size = x.shape.at(-1) ?? 1;
    const position = expandDims(minimum(maximum(index, 0), size - 1), -1);
    return [where(equal(position, iota({ shape: [size] })), expandDims(upstream, -1), 0), undefined];
  },
  lower: (context, node) => {
    const [x, positions] = node.inputs.map((operand) => context.tensor(operand));
    if (!x || !positions) return;
    const out = context.tensor(node);
    const index = identityIndex(out.shape.length);
    const position = clampIndex(load(positions, index), x.shape.at(-1) ?? 1);
    context.nest({
      name: 'pick',
      axes: axesOf(out),
      stores: [{ tensor: out.id, index, value: load(x, [...index, position]) }],
    });
  },
  samples: () => [
    { attributes: {}, inputs: [floats([5, 10], { batchAxis: 0 }), integers([5], [0, 9], { batchAxis: 0 })] },
    {
      attributes: {},
      inputs: [floats([3, 7, 17], { batchAxis: 0 }), integers([3, 7], [-2, 19], { batchAxis: 0 })],
    },
    { attributes: {}, inputs: [floats([1, 1]), integers([1], [0, 0])] },
    { attributes: {}, inputs: [floats([9]), integers([], [0, 8])] },
  ],
};

/**
 * One element of each row along the last axis: the result at [...i] is x[...i, index[...i]]. An index out of range counts as
 * the nearest one.
 *
 * @param x - [..., n], any element type
 * @param index - int32, [...]
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function pick(x: Node, index: Node): Node {
  return apply(pickOp, [x, index], {});
}
