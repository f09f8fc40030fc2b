import { LockstepError } from '../errors.ts';
import type { Attributes, Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { load } from '../nest/lowering.ts';
import { axis, f32, i32, primitive, reduced, type Scalar, select } from '../nest/scalar.ts';
import type { TensorType } from '../tensor/tensorType.ts';
import { requireDType } from './elementwise.ts';
import { floats, specialValues } from './samples.ts';
import { takeAlongLastAxis } from './takeAlongLastAxis.ts';

export interface TopKAttributes extends Attributes {
  readonly k: number;
}

/** Positions of the k greatest elements of each row, one after another: each is the greatest behind the one before. */
export const topKOp: Op<TopKAttributes> = {
  name: 'topK',
  infer: (inputs, { k }) => {
    requireDType('topK', inputs, ['float32']);
    const [from] = inputs;
    const shape = from?.shape ?? [];
    const batchAxis = from?.batchAxis;
    const last = shape.length - 1;
    const size = shape[last] ?? 0;
    if (!Number.isInteger(k) || k < 1 || k > size)
      throw new LockstepError('BAD_OPTION', 'there are not so many elements in a row', {
        where: { op: 'topK', field: 'k' },
        got: `${k} of [${shape.join(', ')}]`,
        wanted: `an integer from 1 to the size of the last axis, ${size}`,
      });
    if (batchAxis === last)
      throw new LockstepError('BAD_OPTION', 'rows of the mini-batch are not compared with each other', {
        where: { op: 'topK' },
        got: `[${shape.join(', ')}] with the mini-batch along the last axis`,
        wanted: 'another last axis',
      });
    return { shape: shape.with(last, k), dtype: 'int32', ...(batchAxis === undefined ? {} : { batchAxis }) };
  },
  gradient: () => [undefined],
  lower: (context, node) => {
    const [x] = node.inputs;
    if (!x) return;
    const [from, out] = [context.tensor(x), context.tensor(node)];
    const last = from.shape.length - 1;
    const index = from.shape.map((_, at) => axis(at));
    const rowIndex = index.slice(0, last);
    const axes = from.shape.map((size, at) => ({ size, batch: at === from.batchAxis }));
    const { batchAxis } = from;
    const row: TensorType = {
      shape: from.shape.slice(0, last),
      dtype: 'float32',
      ...(batchAxis === undefined ? {} : { batchAxis }),
    };
    const element = load(from, index);
    const key = select(primitive('equal', element, element), element, f32(-Infinity));
    const position = primitive('intToFloat', axis(last));
    const find = (kind: 'max' | 'min', term: Scalar, guard: Scalar | undefined): Scalar => {
      const into = context.temporary(row);
      context.nest({
        name: 'topK',
        axes,
        reduction: { axis: last, kind, rule: 'row', term, ...(guard && { guard }) },
        stores: [{ tensor: into.id, index: rowIndex, value: reduced }],
      });
      return load(into, rowIndex);
    };
    let behind: Scalar | undefined;
    for (let place = 0; place < node.attributes.k; place += 1) {
      const greatest = find('max', key, behind);
      const equal = primitive('equal', key, greatest);
      const first = find('min', position, behind ? primitive('maskAnd', equal, behind) : equal);
      context.nest({
        name: 'topK',
        axes: axes.slice(0, last),
        stores: [{ tensor: out.id, index: [...rowIndex, i32(place)], value: primitive('floatToInt', first) }],
      });
      const later = primitive('maskAnd', equal, primitive('greater', position, first));
      behind = primitive('maskOr', primitive('less', key, greatest), later);
    }
  },
  samples: () => {
    const skipGradient = 'the result is not a number';
    const ties = [1, 3, 3, 0, 3, -1, 2, 2, 2, 2, -0, 0, 0, -0, 0];
    return [
      { attributes: { k: 3 }, inputs: [floats([5, 10], { batchAxis: 0 })], skipGradient },
      { attributes: { k: 5 }, inputs: [floats([3, 2, 5], { batchAxis: 0 })], skipGradient },
      { attributes: { k: 2 }, inputs: [floats([19])], skipGradient },
      { attributes: { k: 4 }, inputs: [floats([3, 5], { values: ties })], skipGradient },
      {
        attributes: { k: specialValues.length },
        inputs: [floats([1, specialValues.length], { values: specialValues, batchAxis: 0 })],
        skipGradient,
      },
    ];
  },
};

/** The greatest elements of rows, from the greatest on, and where in the row they are. */
export interface TopK {
  readonly values: Node;
  /** int32. */
  readonly indices: Node;
}

/**
 * The k greatest elements of each row along the last axis: [..., n] to [..., k] both. Of equal elements the first comes first; NaN
 * counts as -infinity. Gradients flow through the values. It goes over a row 2 k times, so it is meant for a k that is small;
 * a row may have up to 2^24 elements.
 *
 * @param k - from 1 to n
 * @throws LockstepError BAD_OPTION, DTYPE_MISMATCH
 */
export function topK(x: Node, k: number): TopK {
  const indices = apply(topKOp, [x], { k });
  return { values: takeAlongLastAxis(x, indices), indices };
}
