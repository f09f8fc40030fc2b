import { LockstepError } from '../errors.ts';
import type { Attributes, Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { load } from '../nest/lowering.ts';
import type { NestAxis } from '../nest/nest.ts';
import type { Scalar } from '../nest/scalar.ts';
import { axis, i32, primitive } from '../nest/scalar.ts';
import type { TensorType } from '../tensor/tensorType.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import type { IndexTerm } from './indexing.ts';
import { affine } from './indexing.ts';
import { floats } from './samples.ts';

export interface ReshapeAttributes extends Attributes {
  readonly shape: readonly number[];
  /** Where the rows of the mini-batch are in the new shape. */
  readonly batchAxis?: number;
}

/** Elements of the tensor before each axis: how many times the axis is run through. */
function prefixProducts(shape: readonly number[]): readonly number[] {
  let product = 1;
  return [
    1,
    ...shape.map((size) => {
      product *= size;
      return product;
    }),
  ];
}

/** Whether axis `at` of `shape` can hold the mini-batch that lies along the batch axis of `from`. */
function holdsBatch(from: TensorType, shape: readonly number[], at: number): boolean {
  const { batchAxis } = from;
  if (batchAxis === undefined) return false;
  const own = from.shape[batchAxis] ?? 1;
  const size = shape[at] ?? 0;
  const before = sizeOf(from.shape.slice(0, batchAxis));
  return sizeOf(shape.slice(0, at)) === before && (size % own === 0 || own % size === 0);
}

/**
 * Where the mini-batch comes to lie: an axis of the same size at the same place in the order of elements, else the axis
 * that it becomes the outermost factor of (rows x time steps merged into one), else the outermost factor that it is split into.
 */
function findBatchAxis(from: TensorType, shape: readonly number[]): number | undefined {
  const { batchAxis } = from;
  if (batchAxis === undefined) return undefined;
  const legal = [...shape.keys()].filter((at) => holdsBatch(from, shape, at));
  const own = from.shape[batchAxis];
  const same = legal.filter((at) => shape[at] === own);
  const found = same.includes(batchAxis)
    ? batchAxis
    : (same[0] ?? legal.find((at) => shape[at] !== 1) ?? legal[0]);
  if (found === undefined)
    throw new LockstepError('SHAPE_MISMATCH', 'the rows of the mini-batch would be torn apart', {
      where: { op: 'reshape' },
      got: `[${from.shape.join(', ')}] with the mini-batch along axis ${batchAxis}, to [${shape.join(', ')}]`,
      wanted: 'a shape that has the mini-batch as an axis, or as the outermost factor of one',
      hint: 'keep the batch axis where it is and reshape the others',
    });
  return found;
}

/** A run of axes that has the same number of elements in both shapes. */
interface Group {
  /** Elements before the group. */
  readonly start: number;
  readonly end: number;
}

function groupsOf(left: readonly number[], right: readonly number[]): readonly Group[] {
  const common = [...new Set(left)].filter((product) => right.includes(product)).sort((a, b) => a - b);
  return common.slice(1).map((end, at) => ({ start: common[at] ?? 1, end }));
}

/** One axis of the nest: the elements from prefix `start` to prefix `end`. */
interface Factor extends Group {
  readonly index: Scalar;
}

/** Index along the axis that covers prefixes [start, end), from the factors inside it. */
function fromFactors(factors: readonly Factor[], start: number, end: number): Scalar {
  return affine(
    factors
      .filter((factor) => factor.start >= start && factor.end <= end)
      .map((factor): IndexTerm => ({ index: factor.index, stride: end / factor.end })),
  );
}

/** Axes of the nest, and the index of the input and of the output in terms of them. */
function mapIndices(
  from: TensorType,
  to: TensorType,
): { axes: NestAxis[]; source: Scalar[]; target: Scalar[] } {
  const before = prefixProducts(from.shape);
  const after = prefixProducts(to.shape);
  const axes: NestAxis[] = [];
  const factors: Factor[] = [];
  const torn: Group[] = [];
  const batchStart = to.batchAxis === undefined ? -1 : (after[to.batchAxis] ?? -1);
  const batchIsOne = to.batchAxis !== undefined && to.shape[to.batchAxis] === 1;
  if (batchIsOne) axes.push({ size: 1, batch: true });
  for (const group of groupsOf(before, after)) {
    const inside = (product: number): boolean => product >= group.start && product <= group.end;
    const cuts = (products: readonly number[]): readonly number[] =>
      [...new Set(products.filter(inside))].sort((a, b) => a - b);
    const refined = cuts([...before, ...after]);
    const divides = refined.every((cut, at) => at === 0 || cut % (refined[at - 1] ?? 1) === 0);
    if (!divides) torn.push(group);
    const ends = divides ? refined : cuts(after);
    for (const [at, start] of ends.slice(0, -1).entries()) {
      const end = ends[at + 1] ?? start;
      factors.push({ start, end, index: axis(axes.length) });
      axes.push({ size: end / start, batch: !batchIsOne && start === batchStart });
    }
  }
  const source = from.shape.map((size, at) => {
    const start = before[at] ?? 1;
    const end = start * size;
    const group = torn.find((candidate) => start >= candidate.start && end <= candidate.end);
    if (size === 1) return i32(0);
    if (!group) return fromFactors(factors, start, end);
    const flat = fromFactors(factors, group.start, group.end);
    return primitive('indexRem', primitive('indexDiv', flat, i32(group.end / end)), i32(size));
  });
  const target = to.shape.map((size, at) => {
    if (size === 1) return batchIsOne && at === to.batchAxis ? axis(0) : i32(0);
    const start = after[at] ?? 1;
    return fromFactors(factors, start, start * size);
  });
  return { axes, source, target };
}

function sameType(a: TensorType, b: TensorType): boolean {
  return (
    a.batchAxis === b.batchAxis &&
    a.shape.length === b.shape.length &&
    a.shape.every((size, at) => size === b.shape[at])
  );
}

export const reshapeOp: Op<ReshapeAttributes> = {
  name: 'reshape',
  infer: ([from], { shape, batchAxis }) => {
    if (!from || sizeOf(from.shape) !== sizeOf(shape))
      throw new LockstepError('SHAPE_MISMATCH', 'the shapes have different numbers of elements', {
        where: { op: 'reshape' },
        got: `[${from?.shape.join(', ')}] to [${shape.join(', ')}]`,
        wanted: `${sizeOf(from?.shape ?? [])} elements`,
      });
    if (batchAxis !== undefined && !holdsBatch(from, shape, batchAxis))
      throw new LockstepError('BAD_OPTION', 'the mini-batch does not lie along this axis', {
        where: { op: 'reshape', field: 'batchAxis' },
        got: `${batchAxis} for [${from.shape.join(', ')}] to [${shape.join(', ')}]`,
      });
    const found = batchAxis ?? findBatchAxis(from, shape);
    return { shape, dtype: from.dtype, ...(found === undefined ? {} : { batchAxis: found }) };
  },
  gradient: ({ inputs: [x] }, upstream) => [x && reshapeLike(upstream, x)],
  simplify: (node) => {
    const [x] = node.inputs;
    if (x === undefined) return undefined;
    const source = x.op === reshapeOp ? (x.inputs[0] ?? x) : x;
    if (sameType(source, node)) return source;
    return source === x || source.batchAxis === undefined ? undefined : reshapeLike(source, node);
  },
  lower: (context, node) => {
    const [x] = node.inputs;
    if (!x) return;
    const from = context.tensor(x);
    const out = context.tensor(node);
    const { axes, source, target } = mapIndices(from, out);
    context.nest({
      name: 'reshape',
      axes,
      stores: [{ tensor: out.id, index: target, value: load(from, source) }],
    });
  },
  samples: () => [
    { attributes: { shape: [5, 3, 7] }, inputs: [floats([5, 21], { batchAxis: 0 })] },
    { attributes: { shape: [15, 7] }, inputs: [floats([5, 3, 7], { batchAxis: 0 })] },
    { attributes: { shape: [5, 3, 7] }, inputs: [floats([15, 7], { batchAxis: 0 })] },
    { attributes: { shape: [3, 8] }, inputs: [floats([4, 6])] },
    { attributes: { shape: [5, 6, 4, 11] }, inputs: [floats([5, 8, 3, 11], { batchAxis: 0 })] },
    { attributes: { shape: [] }, inputs: [floats([1, 1])] },
    { attributes: { shape: [1, 9, 1, 2] }, inputs: [floats([3, 1, 6])] },
    { attributes: { shape: [1, 13], batchAxis: 0 }, inputs: [floats([1, 1, 13], { batchAxis: 1 })] },
  ],
};

/**
 * The same elements, in row-major order, in another shape.
 *
 * The rows of the mini-batch have to survive as an axis of their own or as the outermost factor of one: [B, T, C] to
 * [B T, C] and back is legal, [B, C] to [C, B] is not. Where the sizes leave it open which axis it is (a mini-batch of one
 * row), it is the one at the same place, else the first; `batchAxis` says it outright.
 *
 * @param shape - one size may be -1: whatever is left
 * @throws LockstepError SHAPE_MISMATCH when the number of elements differs or rows would be torn apart; BAD_OPTION for a
 *   batch axis that does not hold the mini-batch
 */
export function reshape(x: Node, shape: readonly number[], options: { batchAxis?: number } = {}): Node {
  const known = sizeOf(shape.filter((size) => size !== -1));
  const full = shape.map((size) => (size === -1 ? sizeOf(x.shape) / known : size));
  if (full.some((size) => !Number.isInteger(size) || size < 1) || shape.filter((s) => s === -1).length > 1)
    throw new LockstepError('SHAPE_MISMATCH', 'this is not a shape that the elements fit', {
      where: { op: 'reshape' },
      got: `[${x.shape.join(', ')}] to [${shape.join(', ')}]`,
      wanted: 'positive integers, or -1 once where what is left divides',
    });
  return apply(reshapeOp, [x], { shape: full, ...options });
}

/** The elements of `x` in the shape of `like`, with the mini-batch where `like` has it. */
export function reshapeLike(x: Node, like: TensorType): Node {
  const batchAxis = x.batchAxis === undefined ? undefined : like.batchAxis;
  return reshape(x, like.shape, batchAxis === undefined ? {} : { batchAxis });
}

function checkedAxis(name: string, at: number, rank: number): number {
  const position = at < 0 ? at + rank : at;
  if (!Number.isInteger(at) || position < 0 || position >= rank)
    throw new LockstepError('BAD_OPTION', 'there is no such axis', {
      where: { op: name, field: 'axis' },
      got: `${at}`,
      wanted: `an integer from ${-rank} to ${rank - 1}`,
    });
  return position;
}

/**
 * A new axis of size 1 in front of axis `at` of the result.
 *
 * @param at - negative counts from the end of the result's shape
 * @throws LockstepError BAD_OPTION
 */
export function expandDims(x: Node, at: number): Node {
  const position = checkedAxis('expandDims', at, x.shape.length + 1);
  const shape = x.shape.toSpliced(position, 0, 1);
  if (x.batchAxis === undefined) return reshape(x, shape);
  return reshape(x, shape, { batchAxis: x.batchAxis + (position <= x.batchAxis ? 1 : 0) });
}

/**
 * Without axis `at`, which has to be of size 1 and not the mini-batch.
 *
 * @param at - negative counts from the end
 * @throws LockstepError BAD_OPTION
 */
export function squeeze(x: Node, at: number): Node {
  const position = checkedAxis('squeeze', at, x.shape.length);
  if (x.shape[position] !== 1 || x.batchAxis === position)
    throw new LockstepError(
      'BAD_OPTION',
      'only an axis of size 1 that is not the mini-batch can be left out',
      {
        where: { op: 'squeeze', field: 'axis' },
        got: `${at} of [${x.shape.join(', ')}]`,
      },
    );
  const shape = x.shape.toSpliced(position, 1);
  if (x.batchAxis === undefined) return reshape(x, shape);
  return reshape(x, shape, { batchAxis: x.batchAxis - (position < x.batchAxis ? 1 : 0) });
}
