import { LockstepError } from '../errors.ts';
import type { Attributes, Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { axesOf, identityIndex, load } from '../nest/lowering.ts';
import { i32, primitive, reduced } from '../nest/scalar.ts';
import { requireDType } from './elementwise.ts';
import { normaliseAxes } from './reduce.ts';
import { floats } from './samples.ts';

export interface CumsumAttributes extends Attributes {
  readonly axis: number;
  /** From the last element to the first. */
  readonly reverse: boolean;
}

export const cumsumOp: Op<CumsumAttributes> = {
  name: 'cumsum',
  infer: (inputs, { axis }) => {
    requireDType('cumsum', inputs, ['float32']);
    const [from] = inputs;
    normaliseAxes('cumsum', from?.shape.length ?? 0, [axis]);
    const { shape, batchAxis } = from ?? { shape: [] };
    if (batchAxis === axis)
      throw new LockstepError('BAD_OPTION', 'a row would depend on the rows before it', {
        where: { op: 'cumsum', field: 'axis' },
        got: `${axis}, which is the mini-batch`,
        wanted: 'another axis',
      });
    return { shape, dtype: 'float32', ...(batchAxis === undefined ? {} : { batchAxis }) };
  },
  gradient: ({ attributes: { axis, reverse } }, upstream) => [cumsum(upstream, { axis, reverse: !reverse })],
  lower: (context, node) => {
    const [x] = node.inputs;
    if (!x) return;
    const out = context.tensor(node);
    const { axis, reverse } = node.attributes;
    const last = (out.shape[axis] ?? 1) - 1;
    const index = identityIndex(out.shape.length).map((entry, at) =>
      at === axis && reverse ? primitive('intSub', i32(last), entry) : entry,
    );
    context.nest({
      name: 'cumsum',
      axes: axesOf(out),
      reduction: { axis, kind: 'sum', rule: 'ordered', term: load(context.tensor(x), index), scan: true },
      stores: [{ tensor: out.id, index, value: reduced }],
    });
  },
  samples: () => {
    const cases = [
      { axis: 1, input: floats([5, 13], { batchAxis: 0 }) },
      { axis: 1, input: floats([3, 7, 19], { batchAxis: 0 }) },
      { axis: 0, input: floats([9, 17]) },
      { axis: 0, input: floats([21, 4], { batchAxis: 1 }) },
      { axis: 0, input: floats([11]) },
      { axis: 2, input: floats([2, 3, 5]) },
      { axis: 0, input: floats([1100, 2]) },
      { axis: 1, input: floats([2, 1100], { batchAxis: 0 }) },
    ];
    return [
      ...cases.flatMap(({ axis, input }) =>
        [false, true].map((reverse) => ({ attributes: { axis, reverse }, inputs: [input] })),
      ),
      {
        attributes: { axis: 1, reverse: false },
        inputs: [floats([2, 4], { values: [-0, -0, 1e38, 3e38, Infinity, -Infinity, 1, Number.NaN] })],
        skipGradient: 'not finite',
      },
    ];
  },
};

/**
 * Cumulative sum along an axis, float32: each element is the sum, by the rule `ordered` of docs/numerics.md, of the elements up
 * to and with it.
 *
 * @param options - axis: negative counts from the end (default: the last), not the mini-batch; reverse: the elements from it on
 * @throws LockstepError BAD_OPTION, DTYPE_MISMATCH
 */
export function cumsum(x: Node, options: { readonly axis?: number; readonly reverse?: boolean } = {}): Node {
  const { axis = -1, reverse = false } = options;
  const [along = 0] = normaliseAxes('cumsum', x.shape.length, [axis]);
  return apply(cumsumOp, [x], { axis: along, reverse });
}
