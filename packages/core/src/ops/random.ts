import { LockstepError } from '../errors.ts';
import { stepValue } from '../graph/leaves.ts';
import type { Attributes, Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { axesOf, identityIndex, load } from '../nest/lowering.ts';
import { philoxExpression } from '../nest/philox.ts';
import { purposeKey } from '../nest/purpose.ts';
import { standardNormalFromBits, uniformFromBits } from '../nest/randomFloats.ts';
import { i32, primitive } from '../nest/scalar.ts';
import type { TensorType } from '../tensor/tensorType.ts';
import { add } from './add.ts';
import type { None } from './elementwise.ts';
import { elementwise, requireDType } from './elementwise.ts';
import { greaterEqual } from './greaterEqual.ts';
import { affine, rowMajorStrides } from './indexing.ts';
import { less } from './less.ts';
import { mul } from './mul.ts';
import { integers } from './samples.ts';
import { where } from './where.ts';

/** Shape of the random numbers, and which axis of it, if any, is the mini-batch. */
export type RandomType = Pick<TensorType, 'shape' | 'batchAxis'>;

export interface RandomOptions {
  /** What the numbers are for, such as the path of a layer: the same purpose and shape give the same numbers. */
  readonly purpose: string;
}

export interface UniformOptions extends RandomOptions {
  /** Default 0. */
  readonly low?: number;
  /** Default 1. */
  readonly high?: number;
}

export interface NormalOptions extends RandomOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Standard deviation, default 1. */
  readonly deviation?: number;
}

export interface BernoulliOptions extends RandomOptions {
  /** Of being true. */
  readonly probability: number;
}

export interface RandomBitsAttributes extends Attributes {
  readonly shape: readonly number[];
  readonly batchAxis?: number;
  readonly purpose: string;
}

/** The run's seed and the number of the optimizer step: the host fills them in for every step. */
const seedLow = stepValue('seed.low', { dtype: 'int32' });
const seedHigh = stepValue('seed.high', { dtype: 'int32' });
const step = stepValue('step', { dtype: 'int32' });

/** The inputs are the seed's low and high word, the step, and perhaps the number of the first row (default 0). */
export const randomBitsOp: Op<RandomBitsAttributes> = {
  name: 'randomBits',
  infer: (inputs, { shape, batchAxis }) => {
    requireDType('randomBits', inputs, ['int32']);
    return { shape, dtype: 'int32', ...(batchAxis === undefined ? {} : { batchAxis }) };
  },
  gradient: () => [],
  lower: (context, node) => {
    const scalars = node.inputs.map((operand) => load(context.tensor(operand), []));
    const [low, high, now, first] = scalars;
    if (!low || !high || !now) return;
    const out = context.tensor(node);
    const index = identityIndex(out.shape.length);
    const elementAxes = [...index.keys()].filter((at) => at !== out.batchAxis);
    const strides = rowMajorStrides(elementAxes.map((at) => out.shape[at] ?? 1));
    const element = affine(
      elementAxes.map((at, position) => ({ index: index[at] ?? i32(0), stride: strides[position] ?? 1 })),
    );
    const position = (out.batchAxis === undefined ? undefined : index[out.batchAxis]) ?? i32(0);
    const row = first ? primitive('intAdd', position, first) : position;
    const purpose = i32(purposeKey(node.attributes.purpose));
    const [value] = philoxExpression([element, row, now, purpose], [low, high]);
    context.nest({ name: 'randomBits', axes: axesOf(out), stores: [{ tensor: out.id, index, value }] });
  },
  samples: () => {
    const scalar = (value: number) => integers([], [0, 0], { values: [value] });
    const inputs = [scalar(-1234567), scalar(77), scalar(3)];
    return [
      { shape: [5, 7], batchAxis: 0, purpose: 'rows' },
      { shape: [3, 11, 2], batchAxis: 1, purpose: 'rows in the middle' },
      { shape: [13, 3], purpose: 'no rows' },
      { shape: [], purpose: '' },
      { shape: [5, 7], batchAxis: 0, purpose: 'later rows', first: 1000 },
    ].map(({ first, ...attributes }) => ({
      attributes,
      inputs: first === undefined ? inputs : [...inputs, scalar(first)],
      skipGradient: 'it has no float inputs',
    }));
  },
};

const bitSamples = (): ReturnType<NonNullable<Op<None>['samples']>> =>
  [
    integers([5, 17], [-2147483648, 2147483647], { batchAxis: 0 }),
    integers([6], [0, 0], { values: [0, 1, -1, 255, -2147483648, 2147483647] }),
  ].map((bits) => ({ attributes: {}, inputs: [bits], skipGradient: 'integers' }));

export const uniformFromBitsOp: Op<None> = {
  ...elementwise<None>('uniformFromBits', { inputs: ['int32'], result: 'float32' }, ([bits]) =>
    uniformFromBits(bits),
  ),
  samples: bitSamples,
};

export const normalFromBitsOp: Op<None> = {
  ...elementwise<None>('normalFromBits', { inputs: ['int32'], result: 'float32' }, ([bits]) =>
    standardNormalFromBits(bits),
  ),
  samples: bitSamples,
};

/**
 * 32 random bits an element, int32: word 0 of Philox4x32-10 (Salmon et al. 2011) with the key (seed low, seed high) and the
 * counter (element, row, optimizer step, purpose). The row is the position along the batch axis (0 if there is none), the
 * element the row-major index along the other axes: the numbers depend neither on who computes them nor on what else is
 * random. The host gives seed and step as the step values `seed.low`, `seed.high` and `step`; initial values are step 0.
 */
export function randomBits(type: RandomType, { purpose }: RandomOptions): Node {
  const { shape, batchAxis } = type;
  const attributes = { shape, purpose, ...(batchAxis === undefined ? {} : { batchAxis }) };
  return apply(randomBitsOp, [seedLow, seedHigh, step], attributes);
}

/**
 * Random numbers spread evenly over [low, high), float32; where the interval is wide, rounding may give `high` itself.
 * Keyed as {@link randomBits} are.
 */
export function uniform(type: RandomType, { purpose, low = 0, high = 1 }: UniformOptions): Node {
  const unit = apply(uniformFromBitsOp, [randomBits(type, { purpose })], {});
  const scaled = high - low === 1 ? unit : mul(unit, high - low);
  return low === 0 ? scaled : add(scaled, low);
}

/** Normally distributed random numbers, float32, by inversion. Keyed as {@link randomBits} are. */
export function normal(type: RandomType, { purpose, mean = 0, deviation = 1 }: NormalOptions): Node {
  const standard = apply(normalFromBitsOp, [randomBits(type, { purpose })], {});
  const scaled = deviation === 1 ? standard : mul(standard, deviation);
  return mean === 0 ? scaled : add(scaled, mean);
}

/** True with a probability, bool. Keyed as {@link randomBits} are. */
export function bernoulli(type: RandomType, { purpose, probability }: BernoulliOptions): Node {
  return less(uniform(type, { purpose }), probability);
}

/**
 * Each element 0 with probability `rate`, else multiplied by float32(1 / (1 - rate)) (Srivastava et al. 2014). The gradient
 * passes the same elements. Keyed as {@link randomBits} are.
 *
 * @param rate - from 0 to below 1
 * @throws LockstepError BAD_OPTION
 */
export function dropout(x: Node, rate: number, { purpose }: RandomOptions): Node {
  if (!(rate >= 0 && rate < 1))
    throw new LockstepError('BAD_OPTION', 'the rate does not fit', {
      where: { op: 'dropout', field: 'rate' },
      got: `${rate}`,
      wanted: 'a number from 0 to below 1',
    });
  if (rate === 0) return x;
  const keep = greaterEqual(uniform(x, { purpose }), rate);
  return where(keep, mul(x, 1 / (1 - rate)), 0);
}
