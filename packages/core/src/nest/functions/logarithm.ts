import { add, div, f32, i32, mul, primitive, type Scalar, sub } from '../scalar.ts';
import { LN2_HIGH, LN2_LOW } from './ln2.ts';
import { type Coefficients, polynomial } from './polynomial.ts';

/** Bits of the float32 next to sqrt(1/2). */
const SQRT_HALF_BITS = 0x3f3504f3;

/** u = 2^k (1 + f), 1 + f between sqrt(1/2) and sqrt(2). */
export interface SplitNumber {
  /** k as an integer. */
  readonly exponent: Scalar;
  /** What adding k to the exponent of a float32 adds to its bits: k 2^23. */
  readonly exponentBits: Scalar;
  /** f, exact. */
  readonly fraction: Scalar;
}

/** Splits a positive normal number. */
export function splitNumber(u: Scalar): SplitNumber {
  const bits = primitive('floatToBits', u);
  const exponent = primitive('shiftRight', primitive('intSub', bits, i32(SQRT_HALF_BITS)), i32(23));
  const exponentBits = primitive('shiftLeft', exponent, i32(23));
  const mantissa = primitive('bitsToFloat', primitive('intSub', bits, exponentBits));
  return { exponent, exponentBits, fraction: sub(mantissa, f32(1)) };
}

/**
 * The part of ln(1 + f) that f itself leaves out: ln(1 + f) = f - (h - s (h + z Q(z))) with h = f^2 / 2, s = f / (2 + f),
 * z = s^2, the form of FreeBSD msun's e_logf.c. `coefficients` are those of Q; `low`, if given, is
 * taken off with the small terms.
 */
export function logarithmShortfall(f: Scalar, coefficients: Coefficients, low?: Scalar): Scalar {
  const s = div(f, add(f, f32(2)));
  const z = mul(s, s);
  const h = mul(mul(f, f32(0.5)), f);
  const product = mul(s, add(h, mul(z, polynomial(z, coefficients))));
  return sub(h, low === undefined ? product : add(product, low));
}

/** ln(2^k (1 + f)), 1 + f between sqrt(1/2) and sqrt(2). Q is a minimax polynomial for the relative error, 2^-33. */
export function logarithm(k: Scalar, f: Scalar): Scalar {
  const shortfall = logarithmShortfall(
    f,
    [0.26257193, 0.28268006, 0.40009674, 0.66666555],
    mul(k, f32(LN2_LOW)),
  );
  return add(mul(k, f32(LN2_HIGH)), sub(f, shortfall));
}
