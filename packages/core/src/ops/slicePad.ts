import { LockstepError } from '../errors.ts';
import type { Attributes, Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { axesOf, identityIndex, load } from '../nest/lowering.ts';
import { axis, f32, i32, primitive, type Scalar, select } from '../nest/scalar.ts';
import type { TensorType } from '../tensor/tensorType.ts';
import { requireDType } from './elementwise.ts';
import { clampIndex } from './indexing.ts';
import { floats, integers } from './samples.ts';

export interface SliceAttributes extends Attributes {
  /** First index along each axis. */
  readonly starts: readonly number[];
  /** Elements along each axis. */
  readonly shape: readonly number[];
}

export interface PadAttributes extends Attributes {
  /** New elements in front along each axis. */
  readonly before: readonly number[];
  /** New elements at the end along each axis. */
  readonly after: readonly number[];
  readonly value: number;
}

/** Type with other sizes, if the rows of the mini-batch stay as they are. */
function resized(name: string, from: TensorType, shape: readonly number[]): TensorType {
  const { dtype, batchAxis } = from;
  if (batchAxis === undefined) return { shape, dtype };
  if (shape[batchAxis] !== from.shape[batchAxis])
    throw new LockstepError('BAD_OPTION', 'the rows of the mini-batch stay together', {
      where: { op: name },
      got: `[${from.shape.join(', ')}] to [${shape.join(', ')}], with the mini-batch along axis ${batchAxis}`,
      wanted: `all ${from.shape[batchAxis] ?? 1} rows`,
      hint: 'a row gives the same result in any batch; choose rows when the data are made',
    });
  return { shape, dtype, batchAxis };
}

/** Moves an index by a constant; nothing is to be seen of 0. */
const moved = (index: Scalar, by: number): Scalar => (by === 0 ? index : primitive('intAdd', index, i32(by)));

export const sliceOp: Op<SliceAttributes> = {
  name: 'slice',
  infer: ([from], { starts, shape: sizes }) => {
    const shape = from?.shape ?? [];
    const fits = shape.every((size, at) => {
      const [start = -1, own = 0] = [starts[at], sizes[at]];
      return (
        Number.isInteger(start) && Number.isInteger(own) && start >= 0 && own >= 1 && start + own <= size
      );
    });
    if (!from || !fits || starts.length !== shape.length || sizes.length !== shape.length)
      throw new LockstepError('BAD_OPTION', 'the part does not lie inside the tensor', {
        where: { op: 'slice' },
        got: `[${sizes.join(', ')}] from [${starts.join(', ')}] on, of [${shape.join(', ')}]`,
        wanted: 'for each axis a first index and a number of elements, at least 1',
      });
    return resized('slice', from, sizes);
  },
  gradient: ({ inputs: [x], attributes: { starts, shape } }, upstream) => {
    if (!x) return [];
    const after = x.shape.map((size, at) => size - (starts[at] ?? 0) - (shape[at] ?? 0));
    return [apply(padOp, [upstream], { before: starts, after, value: 0 })];
  },
  simplify: ({ inputs: [x], attributes: { shape } }) =>
    x?.shape.every((size, at) => size === shape[at]) ? x : undefined,
  lower: (context, node) => {
    const [x] = node.inputs;
    if (!x) return;
    const out = context.tensor(node);
    const index = identityIndex(out.shape.length);
    const source = index.map((entry, at) => moved(entry, node.attributes.starts[at] ?? 0));
    context.nest({
      name: 'slice',
      axes: axesOf(out),
      stores: [{ tensor: out.id, index, value: load(context.tensor(x), source) }],
    });
  },
  samples: () => [
    { attributes: { starts: [0, 3], shape: [5, 11] }, inputs: [floats([5, 17], { batchAxis: 0 })] },
    { attributes: { starts: [0, 8], shape: [5, 9] }, inputs: [floats([5, 24], { batchAxis: 0 })] },
    { attributes: { starts: [2, 0, 4], shape: [3, 6, 1] }, inputs: [floats([7, 6, 5], { batchAxis: 1 })] },
    { attributes: { starts: [3], shape: [13] }, inputs: [floats([19])] },
    { attributes: { starts: [1, 1, 0, 2], shape: [1, 2, 3, 8] }, inputs: [floats([2, 3, 3, 10])] },
    { attributes: { starts: [0, 2], shape: [4, 2] }, inputs: [floats([4, 4])] },
    {
      attributes: { starts: [0, 1], shape: [3, 2] },
      inputs: [integers([3, 4], [-9, 9], { batchAxis: 0 })],
      skipGradient: 'integers',
    },
  ],
};

export const padOp: Op<PadAttributes> = {
  name: 'pad',
  infer: ([from], { before, after }) => {
    const shape = from?.shape ?? [];
    const legal = [...before, ...after].every((count) => Number.isInteger(count) && count >= 0);
    if (!from || !legal || before.length !== shape.length || after.length !== shape.length)
      throw new LockstepError('BAD_OPTION', 'the padding does not fit the tensor', {
        where: { op: 'pad' },
        got: `[${before.join(', ')}] before and [${after.join(', ')}] after, for [${shape.join(', ')}]`,
        wanted: 'for each axis two integers, at least 0',
      });
    requireDType('pad', [from], ['float32', 'int32']);
    return resized(
      'pad',
      from,
      shape.map((size, at) => size + (before[at] ?? 0) + (after[at] ?? 0)),
    );
  },
  gradient: ({ inputs: [x], attributes: { before } }, upstream) => [
    x && apply(sliceOp, [upstream], { starts: before, shape: x.shape }),
  ],
  simplify: (node) => {
    const [x] = node.inputs;
    return x?.shape.every((size, at) => size === node.shape[at]) ? x : undefined;
  },
  lower: (context, node) => {
    const [x] = node.inputs;
    if (!x) return;
    const from = context.tensor(x);
    const out = context.tensor(node);
    const index = identityIndex(out.shape.length);
    const { before, value } = node.attributes;
    const inside: Scalar[] = [];
    const source = index.map((entry, at) => {
      const [size = 1, start = 0] = [from.shape[at], before[at]];
      if (size === out.shape[at]) return entry;
      const own = primitive('intSub', axis(at), i32(start));
      if (start > 0) inside.push(primitive('intLess', i32(start - 1), axis(at)));
      if (start + size < (out.shape[at] ?? 1)) inside.push(primitive('intLess', axis(at), i32(start + size)));
      return clampIndex(start > 0 ? own : entry, size);
    });
    const filler = node.dtype === 'int32' ? i32(value) : f32(value);
    const [first, ...rest] = inside;
    const element = load(from, source);
    const all = first && rest.reduce((both, each) => primitive('maskAnd', both, each), first);
    context.nest({
      name: 'pad',
      axes: axesOf(out),
      stores: [{ tensor: out.id, index, value: all ? select(all, element, filler) : element }],
    });
  },
  samples: () => [
    {
      attributes: { before: [0, 3], after: [0, 4], value: 0 },
      inputs: [floats([5, 9], { batchAxis: 0 })],
    },
    {
      attributes: { before: [1, 0, 2], after: [0, 0, 1], value: -1.5 },
      inputs: [floats([3, 5, 7], { batchAxis: 1 })],
    },
    { attributes: { before: [0], after: [5], value: 2 }, inputs: [floats([8])] },
    { attributes: { before: [2, 8], after: [1, 0], value: 0 }, inputs: [floats([3, 8])] },
    { attributes: { before: [0, 0], after: [0, 0], value: 0 }, inputs: [floats([3, 4])] },
    {
      attributes: { before: [0, 1], after: [0, 1], value: 7 },
      inputs: [integers([3, 4], [-9, 9], { batchAxis: 0 })],
      skipGradient: 'integers',
    },
  ],
};

/**
 * A part of a tensor. It is a view: nothing is copied where what reads it can read the part instead. The mini-batch can not be
 * cut.
 *
 * @param starts - first index along each axis, or along the first few (0 along the others)
 * @param sizes - elements along each axis, or along the first few (all that is left along the others); -1 for all that is left
 * @throws LockstepError BAD_OPTION when the part is empty or leaves the tensor, or does not hold the whole mini-batch
 */
export function slice(x: Node, starts: readonly number[], sizes: readonly number[] = []): Node {
  const all = x.shape.map((_, at) => starts[at] ?? 0);
  const own = x.shape.map((size, at) => {
    const wanted = sizes[at] ?? -1;
    return wanted === -1 ? size - (all[at] ?? 0) : wanted;
  });
  const tooMany = Math.max(starts.length, sizes.length) > x.shape.length;
  return apply(sliceOp, [x], { starts: tooMany ? starts : all, shape: tooMany ? sizes : own });
}

/**
 * A tensor with more elements round it, all of one value; float32 or int32. Not along the mini-batch.
 *
 * @param widths - for each axis how many elements come in front and at the end
 * @param value - of the new elements (default 0)
 * @throws LockstepError BAD_OPTION for widths that are not integers from 0, one pair an axis; DTYPE_MISMATCH
 */
export function pad(x: Node, widths: readonly (readonly [number, number])[], value = 0): Node {
  return apply(padOp, [x], {
    before: widths.map(([before]) => before),
    after: widths.map(([, after]) => after),
    value,
  });
}
