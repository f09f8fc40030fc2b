import { LockstepError } from '../errors.ts';
import type { Attributes, Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { axesOf, identityIndex, load } from '../nest/lowering.ts';
import { axis, primitive, reduced } from '../nest/scalar.ts';
import type { TensorType } from '../tensor/tensorType.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import type { None } from './elementwise.ts';
import { requireDType } from './elementwise.ts';
import { clampIndex } from './indexing.ts';
import { reshape } from './reshape.ts';
import { floats, integers } from './samples.ts';
import { transpose } from './transpose.ts';

/** Where the mini-batch is: along an axis of the indices, or one of the table's other than the first. */
function batchAxisOf(table: TensorType, indices: TensorType): number | undefined {
  if (indices.batchAxis !== undefined) return indices.batchAxis;
  const { batchAxis } = table;
  return batchAxis === undefined || batchAxis === 0 ? undefined : indices.shape.length + batchAxis - 1;
}

/** All rows of indices (or of what belongs to them) below each other, the mini-batch outermost, since sums go by its lanes. */
function flattenRows(x: Node, indices: Node): Node {
  const rank = indices.shape.length;
  const { batchAxis } = indices;
  const first = batchAxis === undefined || batchAxis === 0 ? undefined : batchAxis;
  const order = [...x.shape.keys()];
  const ordered = first === undefined ? x : transpose(x, [first, ...order.filter((at) => at !== first)]);
  return reshape(ordered, [sizeOf(indices.shape), ...x.shape.slice(rank)]);
}

/**
 * Gradient of a gather with respect to its table.
 *
 * @param sparse - whoever uses it may take it as {rows, values} in place of a tensor
 */
export function gatherGradient(table: Node, indices: Node, upstream: Node, sparse?: true): Node {
  return apply(scatterAddOp, [flattenRows(indices, indices), flattenRows(upstream, indices)], {
    rows: table.shape[0] ?? 1,
    ...(sparse && { sparse }),
  });
}

export const gatherOp: Op<None> = {
  name: 'gather',
  infer: ([table, indices]) => {
    if (!table || !indices || table.shape.length === 0)
      throw new LockstepError('SHAPE_MISMATCH', 'a scalar has no rows', {
        where: { op: 'gather' },
        got: 'a table of shape []',
        wanted: 'at least one axis',
      });
    requireDType('gather', [indices], ['int32']);
    const batchAxis = batchAxisOf(table, indices);
    return {
      shape: [...indices.shape, ...table.shape.slice(1)],
      dtype: table.dtype,
      ...(batchAxis === undefined ? {} : { batchAxis }),
    };
  },
  gradient: ({ inputs: [table, indices] }, upstream) =>
    table && indices ? [gatherGradient(table, indices, upstream), undefined] : [],
  lower: (context, node) => {
    const [table, indices] = node.inputs.map((operand) => context.tensor(operand));
    if (!table || !indices) return;
    const out = context.tensor(node);
    const index = identityIndex(out.shape.length);
    const rank = indices.shape.length;
    const row = clampIndex(load(indices, index.slice(0, rank)), table.shape[0] ?? 1);
    context.nest({
      name: 'gather',
      axes: axesOf(out),
      stores: [{ tensor: out.id, index, value: load(table, [row, ...index.slice(rank)]) }],
    });
  },
  samples: () => [
    { attributes: {}, inputs: [floats([11, 7]), integers([5], [0, 10], { batchAxis: 0 })] },
    { attributes: {}, inputs: [floats([11, 3]), integers([5, 2], [0, 10], { batchAxis: 0 })] },
    { attributes: {}, inputs: [floats([11, 3]), integers([2, 5], [0, 10], { batchAxis: 1 })] },
    { attributes: {}, inputs: [floats([3, 5], { batchAxis: 1 }), integers([4], [0, 2])] },
    { attributes: {}, inputs: [floats([3]), integers([19], [-4, 9])] },
    { attributes: {}, inputs: [floats([2, 3, 5]), integers([], [0, 1])] },
    {
      attributes: {},
      inputs: [{ shape: [9, 13], dtype: 'uint8', range: [0, 255] }, integers([5], [0, 8], { batchAxis: 0 })],
      skipGradient: 'integers',
    },
    {
      attributes: {},
      inputs: [integers([9], [-9, 9]), integers([5], [0, 8], { batchAxis: 0 })],
      skipGradient: 'integers',
    },
  ],
};

/**
 * Rows of a table: the result at [...i, ...j] is table[indices[...i], ...j], of shape
 * [...indices.shape, ...table.shape.slice(1)]. An index out of range counts as the nearest row, in the gradient too.
 *
 * @param table - any element type
 * @param indices - int32, of any shape
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function gather(table: Node, indices: Node): Node {
  return apply(gatherOp, [table, indices], {});
}

export interface ScatterAddAttributes extends Attributes {
  /** Rows of the result. */
  readonly rows: number;
  /** It stands for {rows, values}: most rows are 0, and an optimizer need not look at them; see `sparseGradient`. */
  readonly sparse?: true;
}

export const scatterAddOp: Op<ScatterAddAttributes> = {
  name: 'scatterAdd',
  infer: ([indices, updates], { rows }) => {
    if (!indices || !updates || indices.shape.length !== 1 || indices.shape[0] !== updates.shape[0])
      throw new LockstepError('SHAPE_MISMATCH', 'there has to be one index for each row', {
        where: { op: 'scatterAdd' },
        got: `indices [${indices?.shape.join(', ')}] for updates [${updates?.shape.join(', ')}]`,
        wanted: 'indices [r] for updates [r, ...]',
      });
    requireDType('scatterAdd', [indices], ['int32']);
    requireDType('scatterAdd', [updates], ['float32']);
    const batchAxis = updates.batchAxis === 0 ? undefined : updates.batchAxis;
    return {
      shape: [rows, ...updates.shape.slice(1)],
      dtype: 'float32',
      ...(batchAxis === undefined ? {} : { batchAxis }),
    };
  },
  gradient: ({ inputs: [indices] }, upstream) => [undefined, indices && gather(upstream, indices)],
  lower: (context, node) => {
    const [indices, updates] = node.inputs.map((operand) => context.tensor(operand));
    if (!indices || !updates) return;
    const out = context.tensor(node);
    const rank = out.shape.length;
    const batch = indices.batchAxis === 0 || updates.batchAxis === 0;
    const row = axis(rank);
    const rest = out.shape.slice(1).map((_, at) => axis(at + 1));
    context.nest({
      name: 'scatterAdd',
      axes: [
        ...out.shape.map((size, at) => ({ size, batch: at === out.batchAxis })),
        { size: updates.shape[0] ?? 1, batch },
      ],
      reduction: {
        axis: rank,
        kind: 'sum',
        rule: batch ? 'batch' : 'ordered',
        term: load(updates, [row, ...rest]),
        guard: primitive('intEqual', clampIndex(load(indices, [row]), node.attributes.rows), axis(0)),
      },
      stores: [{ tensor: out.id, index: [axis(0), ...rest], value: reduced }],
    });
  },
  samples: () => [
    {
      attributes: { rows: 5 },
      inputs: [integers([13], [0, 4], { batchAxis: 0 }), floats([13, 7], { batchAxis: 0 })],
    },
    { attributes: { rows: 11 }, inputs: [integers([19], [-3, 14]), floats([19, 2, 3])] },
    { attributes: { rows: 3 }, inputs: [integers([1100], [0, 2]), floats([1100])] },
    { attributes: { rows: 2 }, inputs: [integers([5], [0, 1]), floats([5, 3], { batchAxis: 1 })] },
  ],
};

/**
 * Sums rows that have the same index: row k of the result is the sum, in order, of updates[r] over all r with
 * indices[r] = k; zeros where there are none. Shape [rows, ...updates.shape.slice(1)], float32. An index out of range
 * counts as the nearest row.
 *
 * @param indices - int32, [r]
 * @param updates - float32, [r, ...]
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function scatterAdd(indices: Node, updates: Node, rows: number): Node {
  return apply(scatterAddOp, [indices, updates], { rows });
}
