import { add, f32, i32, primitive, type Scalar, select, sub } from '../scalar.ts';
import { logarithm, splitNumber } from './logarithm.ts';
import type { StrictFunction } from './strictFunction.ts';

const ONE_BITS = 0x3f800000;

/**
 * ln(1 + x): k comes from the rounded sum 1 + x, but f = 2^-k x + (2^-k - 1) from x itself, so that no digit of x is lost
 * in the sum; at k = 0, f is x.
 */
function expand(x: Scalar): Scalar {
  const { exponent, exponentBits } = splitNumber(add(x, f32(1)));
  const scaled = primitive('bitsToFloat', primitive('intSub', primitive('floatToBits', x), exponentBits));
  // 2^-127 and 2^-128 count as 0 here: far below the last place of the sum.
  const power = primitive(
    'bitsToFloat',
    primitive('intMax', primitive('intSub', i32(ONE_BITS), exponentBits), i32(0)),
  );
  const finite = logarithm(primitive('intToFloat', exponent), add(scaled, sub(power, f32(1))));
  // Infinity and NaN stay what they are, and so does -0.
  const ordinary = primitive(
    'maskAnd',
    primitive('less', x, f32(Infinity)),
    primitive('notEqual', x, f32(0)),
  );
  const outside = select(primitive('equal', x, f32(-1)), f32(-Infinity), f32(Number.NaN));
  return select(primitive('greater', x, f32(-1)), select(ordinary, finite, x), outside);
}

/** Worst of all float32: 1.398 ulp at 0.44381937. */
export const log1p: StrictFunction = { arity: 1, expand, reference: Math.log1p, ulp: 1.4 };
