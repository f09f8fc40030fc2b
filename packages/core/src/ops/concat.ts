import { LockstepError } from '../errors.ts';
import type { Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { identityIndex, load } from '../nest/lowering.ts';
import { i32, primitive } from '../nest/scalar.ts';
import type { TensorType } from '../tensor/tensorType.ts';
import { sameDType } from './elementwise.ts';
import type { AxisAttributes } from './reduce.ts';
import { normaliseAxes } from './reduce.ts';
import { floats, integers } from './samples.ts';
import { slice } from './slicePad.ts';

const describe = (inputs: readonly TensorType[]): string =>
  inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(' and ');

/** Where each operand's part begins along the axis, and at last where all of them end. */
function offsets(inputs: readonly TensorType[], axis: number): readonly number[] {
  let end = 0;
  return [
    0,
    ...inputs.map(({ shape }) => {
      end += shape[axis] ?? 0;
      return end;
    }),
  ];
}

export const concatOp: Op<AxisAttributes> = {
  name: 'concat',
  infer: (inputs, { axis }) => {
    const dtype = sameDType('concat', inputs, ['float32', 'int32', 'bool']);
    const shape = inputs[0]?.shape ?? [];
    const fits = (other: TensorType): boolean =>
      other.shape.length === shape.length &&
      shape.every((size, at) => at === axis || size === other.shape[at]);
    if (shape[axis] === undefined || !inputs.every(fits))
      throw new LockstepError('SHAPE_MISMATCH', 'the tensors cannot be put next to each other', {
        where: { op: 'concat' },
        got: `${describe(inputs)} along axis ${axis}`,
        wanted: 'equal sizes along every other axis',
      });
    const batchAxes = new Set(inputs.flatMap(({ batchAxis }) => batchAxis ?? []));
    const [batchAxis, other] = batchAxes;
    if (other !== undefined || batchAxis === axis)
      throw new LockstepError('SHAPE_MISMATCH', 'the rows of the mini-batch stay together', {
        where: { op: 'concat' },
        got: `${describe(inputs)} along axis ${axis}, with the mini-batch along axis ${[...batchAxes].join(' and ')}`,
        wanted: 'the mini-batch along one and the same axis, and another one to put the tensors along',
        hint: 'a mini-batch grows in the data, not in the graph',
      });
    const whole = shape.with(axis, offsets(inputs, axis).at(-1) ?? 0);
    return { shape: whole, dtype, ...(batchAxis === undefined ? {} : { batchAxis }) };
  },
  gradient: ({ inputs, attributes: { axis } }, upstream) => {
    const starts = offsets(inputs, axis);
    return inputs.map(({ shape }, at) =>
      slice(upstream, shape.map(() => 0).with(axis, starts[at] ?? 0), shape),
    );
  },
  lower: (context, node) => {
    const { axis } = node.attributes;
    const out = context.tensor(node);
    const starts = offsets(node.inputs, axis);
    for (const [at, part] of node.inputs.map((operand) => context.tensor(operand)).entries()) {
      const start = starts[at] ?? 0;
      const index = identityIndex(part.shape.length);
      context.nest({
        name: 'concat',
        axes: part.shape.map((size, position) => ({ size, batch: position === out.batchAxis })),
        stores: [
          {
            tensor: out.id,
            index: index.map((entry, position) =>
              position === axis && start > 0 ? primitive('intAdd', entry, i32(start)) : entry,
            ),
            value: load(part, index),
          },
        ],
      });
    }
  },
  samples: () => [
    {
      attributes: { axis: 1 },
      inputs: [
        floats([5, 3], { batchAxis: 0 }),
        floats([5, 11], { batchAxis: 0 }),
        floats([5, 1]),
        floats([5, 8], { batchAxis: 0 }),
      ],
    },
    {
      attributes: { axis: 1 },
      inputs: [floats([6, 8], { batchAxis: 0 }), floats([6, 16], { batchAxis: 0 }), floats([6, 5])],
    },
    { attributes: { axis: 0 }, inputs: [floats([5, 7]), floats([13, 7]), floats([1, 7])] },
    { attributes: { axis: 0 }, inputs: [floats([3]), floats([10]), floats([9])] },
    {
      attributes: { axis: 2 },
      inputs: [floats([3, 5, 2], { batchAxis: 1 }), floats([3, 5, 7], { batchAxis: 1 })],
    },
    {
      attributes: { axis: 1 },
      inputs: [floats([3, 5, 4], { batchAxis: 0 }), floats([3, 2, 4], { batchAxis: 0 })],
    },
    { attributes: { axis: 0 }, inputs: [floats([4, 3])] },
    {
      attributes: { axis: 0 },
      inputs: [integers([2, 3], [-9, 9]), integers([5, 3], [-9, 9])],
      skipGradient: 'integers',
    },
  ],
};

/**
 * Tensors next to each other along an axis. Each goes to its place once, or is computed there right away.
 *
 * @param tensors - at least one, of one element type, equal in size along every other axis
 * @param axis - negative counts from the end; not the mini-batch
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH; BAD_OPTION for an axis that is not there
 */
export function concat(tensors: readonly Node[], axis = -1): Node {
  const [first, ...others] = tensors;
  const [along = 0] = normaliseAxes('concat', first?.shape.length ?? 0, [axis]);
  return first !== undefined && others.length === 0 ? first : apply(concatOp, tensors, { axis: along });
}
