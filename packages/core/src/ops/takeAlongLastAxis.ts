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
import { sum } from './sum.ts';
import { where } from './where.ts';

export const takeAlongLastAxisOp: Op<None> = {
  name: 'takeAlongLastAxis',
  infer: ([x, indices]) => {
    const rows = x?.shape.slice(0, -1) ?? [];
    const last = rows.length;
    if (
      !x ||
      !indices ||
      x.shape.length === 0 ||
      x.shape.length !== indices.shape.length ||
      rows.some((size, at) => size !== indices.shape[at])
    )
      throw new LockstepError('SHAPE_MISMATCH', 'the indices do not fit the rows', {
        where: { op: 'takeAlongLastAxis' },
        got: `indices [${indices?.shape.join(', ')}] into [${x?.shape.join(', ')}]`,
        wanted: `indices [${[...rows, 'k'].join(', ')}]`,
      });
    requireDType('takeAlongLastAxis', [indices], ['int32']);
    const batchAxis = indices.batchAxis ?? (x.batchAxis === last ? undefined : x.batchAxis);
    return { shape: indices.shape, dtype: x.dtype, ...(batchAxis === undefined ? {} : { batchAxis }) };
  },
  gradient: ({ inputs: [x, indices] }, upstream) => {
    if (!x || !indices) return [];
    const size = x.shape.at(-1) ?? 1;
    const position = expandDims(minimum(maximum(indices, 0), size - 1), -1);
    const parts = where(equal(position, iota({ shape: [size] })), expandDims(upstream, -1), 0);
    return [sum(parts, { axes: [-2] }), undefined];
  },
  lower: (context, node) => {
    const [x, indices] = node.inputs.map((operand) => context.tensor(operand));
    if (!x || !indices) return;
    const out = context.tensor(node);
    const index = identityIndex(out.shape.length);
    const position = clampIndex(load(indices, index), x.shape.at(-1) ?? 1);
    context.nest({
      name: 'takeAlongLastAxis',
      axes: axesOf(out),
      stores: [{ tensor: out.id, index, value: load(x, [...index.slice(0, -1), position]) }],
    });
  },
  samples: () => [
    {
      attributes: {},
      inputs: [floats([5, 10], { batchAxis: 0 }), integers([5, 3], [0, 9], { batchAxis: 0 })],
    },
    {
      attributes: {},
      inputs: [floats([3, 2, 7], { batchAxis: 0 }), integers([3, 2, 9], [-2, 8], { batchAxis: 0 })],
    },
    { attributes: {}, inputs: [floats([9]), integers([4], [0, 8])] },
  ],
};

/**
 * Elements of each row along the last axis: the result at [...i, j] is x[...i, indices[...i, j]]. An index out of range counts
 * as the nearest one; where one occurs several times, its gradients are added.
 *
 * @param x - [..., n], any element type
 * @param indices - int32, [..., k]
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function takeAlongLastAxis(x: Node, indices: Node): Node {
  return apply(takeAlongLastAxisOp, [x, indices], {});
}
