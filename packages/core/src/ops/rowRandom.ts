import { LockstepError } from '../errors.ts';
import { stepValue } from '../graph/leaves.ts';
import type { Attributes, Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { axesOf, identityIndex, load } from '../nest/lowering.ts';
import { philoxExpression } from '../nest/philox.ts';
import { purposeKey } from '../nest/purpose.ts';
import { i32 } from '../nest/scalar.ts';
import { requireDType } from './elementwise.ts';
import { affine, rowMajorStrides } from './indexing.ts';
import { mul } from './mul.ts';
import { normalFromBitsOp, type RandomOptions } from './random.ts';
import { integers } from './samples.ts';

export interface RowBitsAttributes extends Attributes {
  /** Of the result, the mini-batch along axis 0. */
  readonly shape: readonly number[];
  readonly purpose: string;
}

/** Which rows of the data set are in the mini-batch, and which epoch it is. */
export interface RowIdentity {
  /** Stored row of each row, int32 [B]. */
  readonly rows: Node;
  /** Counted from 0, int32. */
  readonly epoch: Node;
}

const seedLow = stepValue('seed.low', { dtype: 'int32' });
const seedHigh = stepValue('seed.high', { dtype: 'int32' });

/** The inputs are the seed's low and high word, the epoch, and the number of each row. */
export const rowBitsOp: Op<RowBitsAttributes> = {
  name: 'rowBits',
  infer: (inputs, { shape }) => {
    requireDType('rowBits', inputs, ['int32']);
    const rows = inputs[3]?.shape;
    if (rows?.length !== 1 || rows[0] !== shape[0])
      throw new LockstepError('SHAPE_MISMATCH', 'there has to be a number for each row', {
        where: { op: 'rowBits' },
        got: `rows [${rows?.join(', ')}] for [${shape.join(', ')}]`,
        wanted: `rows [${shape[0]}]`,
      });
    return { shape, dtype: 'int32', batchAxis: 0 };
  },
  gradient: () => [],
  lower: (context, node) => {
    const [low, high, epoch, rows] = node.inputs.map((operand) => context.tensor(operand));
    if (!low || !high || !epoch || !rows) return;
    const out = context.tensor(node);
    const index = identityIndex(out.shape.length);
    const strides = rowMajorStrides(out.shape.slice(1));
    const element = affine(
      index.slice(1).map((each, position) => ({ index: each, stride: strides[position] ?? 1 })),
    );
    const counter = [
      element,
      load(rows, index.slice(0, 1)),
      load(epoch, []),
      i32(purposeKey(node.attributes.purpose)),
    ] as const;
    const [value] = philoxExpression(counter, [load(low, []), load(high, [])]);
    context.nest({ name: 'rowBits', axes: axesOf(out), stores: [{ tensor: out.id, index, value }] });
  },
  samples: () => {
    const scalar = (value: number) => integers([], [0, 0], { values: [value] });
    return [
      { shape: [5, 7], purpose: 'numbers' },
      { shape: [3, 2, 11], purpose: 'images' },
      { shape: [19], purpose: '' },
    ].map((attributes) => ({
      attributes,
      inputs: [
        scalar(-1234567),
        scalar(77),
        scalar(3),
        integers([attributes.shape[0] ?? 1], [0, 2147483647], { batchAxis: 0 }),
      ],
      skipGradient: 'it has no float inputs',
    }));
  },
};

/**
 * Normally distributed random numbers that belong to a row of the data set and an epoch, wherever in whichever mini-batch the row
 * is: word 0 of Philox4x32-10 with the key (seed low, seed high) and the counter (element, row, epoch, purpose), made a number as by
 * `normal`. Mean 0.
 *
 * @param shape - [B, ...]
 * @param deviation - the standard deviation
 * @throws LockstepError SHAPE_MISMATCH
 */
export function rowNormal(
  shape: readonly number[],
  { rows, epoch }: RowIdentity,
  { purpose, deviation }: RandomOptions & { readonly deviation: number },
): Node {
  const bits = apply(rowBitsOp, [seedLow, seedHigh, epoch, rows], { shape, purpose });
  return mul(apply(normalFromBitsOp, [bits], {}), deviation);
}
