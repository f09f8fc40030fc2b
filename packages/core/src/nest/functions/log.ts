import { add, div, f32, i32, mul, primitive, type Scalar, select, sub } from '../scalar.ts';
import type { StrictFunction } from './strictFunction.ts';

/** Bits of the float32 next to sqrt(1/2): mantissas are taken from there to sqrt(2). */
const SQRT_HALF_BITS = 0x3f3504f3;

const LN2_HIGH = 6.9313812256e-1;
const LN2_LOW = 9.0580006145e-6;

/**
 * ln x: x = 2^k (1 + f) with 1 + f between sqrt(1/2) and sqrt(2), and with s = f / (2 + f)
 * ln(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)). Scheme and coefficients: FreeBSD msun e_logf.c.
 */
function expand(x: Scalar): Scalar {
  const denormal = primitive('less', x, f32(2 ** -126));
  const normal = select(denormal, mul(x, f32(2 ** 25)), x);
  const bits = primitive('floatToBits', normal);
  const exponent = primitive('shiftRight', primitive('intSub', bits, i32(SQRT_HALF_BITS)), i32(23));
  const mantissa = primitive('intSub', bits, primitive('shiftLeft', exponent, i32(23)));
  const k = sub(primitive('intToFloat', exponent), select(denormal, f32(25), f32(0)));
  const f = sub(primitive('bitsToFloat', mantissa), f32(1));
  const s = div(f, add(f, f32(2)));
  const z = mul(s, s);
  const w = mul(z, z);
  const odd = mul(z, add(f32(0.66666662693), mul(w, f32(0.28498786688))));
  const even = mul(w, add(f32(0.40000972152), mul(w, f32(0.24279078841))));
  const halfSquare = mul(mul(f, f32(0.5)), f);
  const correction = add(mul(s, add(halfSquare, add(odd, even))), mul(k, f32(LN2_LOW)));
  const finite = add(mul(k, f32(LN2_HIGH)), sub(f, sub(halfSquare, correction)));
  const positive = select(primitive('less', x, f32(Infinity)), finite, x);
  const notPositive = select(primitive('equal', x, f32(0)), f32(-Infinity), f32(Number.NaN));
  return select(primitive('greater', x, f32(0)), positive, notPositive);
}

export const log: StrictFunction = { arity: 1, expand, reference: Math.log, ulp: 1 };
