import { LockstepError } from '../errors.ts';
import type { Attributes, Node, Op } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import { axesOf, identityIndex, load } from '../nest/lowering.ts';
import type { Scalar } from '../nest/scalar.ts';
import { primitive } from '../nest/scalar.ts';
import type { DType } from '../tensor/dtype.ts';
import { floats, integers, masks, specialValues } from './samples.ts';

export interface CastAttributes extends Attributes {
  readonly dtype: 'float32' | 'int32';
}

type Conversion = (x: Scalar) => Scalar;

const toFloat: Conversion = (x) => primitive('intToFloat', x);
const same: Conversion = (x) => x;

/** From each element type to those it converts to. A uint8 element is an i32 once it is loaded. */
const conversions: Readonly<Record<DType, Readonly<Partial<Record<DType, Conversion>>>>> = {
  float32: { int32: (x) => primitive('floatToInt', x) },
  int32: { float32: toFloat },
  uint8: { float32: toFloat, int32: same },
  bool: { float32: (x) => toFloat(primitive('maskToInt', x)), int32: (x) => primitive('maskToInt', x) },
};

export const castOp: Op<CastAttributes> = {
  name: 'cast',
  infer: ([from], { dtype }) => {
    if (!from || !conversions[from.dtype][dtype])
      throw new LockstepError('DTYPE_MISMATCH', 'there is no such conversion', {
        where: { op: 'cast' },
        got: `${from?.dtype} to ${dtype}`,
        wanted: Object.entries(conversions)
          .flatMap(([source, targets]) => Object.keys(targets).map((target) => `${source} to ${target}`))
          .join(', '),
        hint: dtype === from?.dtype ? 'it already has that type' : 'compare with notEqual(x, 0) for a bool',
      });
    return {
      shape: from.shape,
      dtype,
      ...(from.batchAxis === undefined ? {} : { batchAxis: from.batchAxis }),
    };
  },
  gradient: () => [undefined],
  lower: (context, node) => {
    const [x] = node.inputs;
    const convert = x && conversions[x.dtype][node.attributes.dtype];
    if (!x || !convert) return;
    const out = context.tensor(node);
    const index = identityIndex(out.shape.length);
    const value = convert(load(context.tensor(x), index));
    context.nest({ name: 'cast', axes: axesOf(out), stores: [{ tensor: out.id, index, value }] });
  },
  samples: () => {
    const skipGradient = 'not a function between real numbers';
    return [
      {
        attributes: { dtype: 'float32' },
        inputs: [integers([5, 7], [-1e9, 1e9], { batchAxis: 0 })],
        skipGradient,
      },
      { attributes: { dtype: 'float32' }, inputs: [masks([19])], skipGradient },
      { attributes: { dtype: 'int32' }, inputs: [masks([3, 17])], skipGradient },
      {
        attributes: { dtype: 'float32' },
        inputs: [{ shape: [5, 7], dtype: 'uint8', range: [0, 255], batchAxis: 0 }],
        skipGradient,
      },
      {
        attributes: { dtype: 'int32' },
        inputs: [{ shape: [3], dtype: 'uint8', values: [0, 128, 255] }],
        skipGradient,
      },
      { attributes: { dtype: 'int32' }, inputs: [floats([5, 7], { range: [-100, 100] })], skipGradient },
      {
        attributes: { dtype: 'int32' },
        inputs: [floats([specialValues.length], { values: specialValues })],
        skipGradient,
      },
    ];
  },
};

/**
 * Element-wise conversion: uint8, int32 or bool (1 where it holds) to float32; float32 (towards zero; NaN gives 0,
 * out of range saturates), uint8 or bool to int32. Integers beyond 2^24 are rounded to the nearest float32. A tensor that
 * already has the type is answered as it is. No gradient flows.
 *
 * @throws LockstepError DTYPE_MISMATCH for any other pair
 */
export function cast(x: Node, dtype: 'float32' | 'int32'): Node {
  return x.dtype === dtype ? x : apply(castOp, [x], { dtype });
}
