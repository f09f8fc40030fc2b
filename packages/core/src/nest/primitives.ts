import type { ScalarType } from './scalar.ts';

/**
 * One primitive operation on scalars. `evaluate` is its meaning on exact operands; where the result is `f32` the float32
 * interpreter rounds it once (`Math.fround`), which is what the IEEE operation gives, and the float64 reference does not.
 * Double rounding is harmless for +, -, *, / and sqrt: a double holds more than 2 x 24 + 2 bits.
 */
export interface Primitive {
  readonly args: readonly ScalarType[] | readonly ['mask', 'same', 'same'];
  readonly result: ScalarType | 'same';
  evaluate(...args: readonly number[]): number;
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** Masks are 0 or -1 (all ones) everywhere, in memory, in the interpreter and in vectors. */
const mask = (condition: boolean): number => (condition ? -1 : 0);

function nearestEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  const up = rest > 0.5 || (rest === 0.5 && low % 2 !== 0);
  const result = up ? low + 1 : low;
  return result === 0 ? (x < 0 || Object.is(x, -0) ? -0 : 0) : result;
}

const define = <const T extends Record<string, Primitive>>(table: T): T => table;

type N = number;
const FF = ['f32', 'f32'] as const;
const II = ['i32', 'i32'] as const;
const F = ['f32'] as const;

/** Every primitive. Interpreter, simulation and vector emission each cover this table completely (full mapped types). */
export const primitives = define({
  add: { args: FF, result: 'f32', evaluate: (a: N, b: N) => a + b },
  sub: { args: FF, result: 'f32', evaluate: (a: N, b: N) => a - b },
  mul: { args: FF, result: 'f32', evaluate: (a: N, b: N) => a * b },
  div: { args: FF, result: 'f32', evaluate: (a: N, b: N) => a / b },
  /** NaN if either is NaN; +0 is greater than -0. */
  max: { args: FF, result: 'f32', evaluate: (a: N, b: N) => Math.max(a, b) },
  min: { args: FF, result: 'f32', evaluate: (a: N, b: N) => Math.min(a, b) },
  /** The first operand unless the second is strictly less (greater): a NaN first stays, a NaN second is dropped. One instruction. */
  pmin: { args: FF, result: 'f32', evaluate: (a: N, b: N) => (b < a ? b : a) },
  pmax: { args: FF, result: 'f32', evaluate: (a: N, b: N) => (a < b ? b : a) },
  sqrt: { args: F, result: 'f32', evaluate: (a: N) => Math.sqrt(a) },
  abs: { args: F, result: 'f32', evaluate: (a: N) => Math.abs(a) },
  neg: { args: F, result: 'f32', evaluate: (a: N) => -a },
  floor: { args: F, result: 'f32', evaluate: (a: N) => Math.floor(a) },
  ceil: { args: F, result: 'f32', evaluate: (a: N) => Math.ceil(a) },
  /** Round to the nearest integer, ties to even. */
  nearest: { args: F, result: 'f32', evaluate: nearestEven },

  equal: { args: FF, result: 'mask', evaluate: (a: N, b: N) => mask(a === b) },
  notEqual: { args: FF, result: 'mask', evaluate: (a: N, b: N) => mask(a !== b) },
  less: { args: FF, result: 'mask', evaluate: (a: N, b: N) => mask(a < b) },
  lessEqual: { args: FF, result: 'mask', evaluate: (a: N, b: N) => mask(a <= b) },
  greater: { args: FF, result: 'mask', evaluate: (a: N, b: N) => mask(a > b) },
  greaterEqual: { args: FF, result: 'mask', evaluate: (a: N, b: N) => mask(a >= b) },

  maskAnd: { args: ['mask', 'mask'], result: 'mask', evaluate: (a: N, b: N) => a & b },
  maskOr: { args: ['mask', 'mask'], result: 'mask', evaluate: (a: N, b: N) => a | b },
  maskNot: { args: ['mask'], result: 'mask', evaluate: (a: N) => ~a },
  /** The second operand where the mask is set, else the third: chosen, not computed, so 0 x infinity never arises. */
  select: {
    args: ['mask', 'same', 'same'],
    result: 'same',
    evaluate: (m: N, a: N, b: N) => (m !== 0 ? a : b),
  },

  intAdd: { args: II, result: 'i32', evaluate: (a: N, b: N) => (a + b) | 0 },
  intSub: { args: II, result: 'i32', evaluate: (a: N, b: N) => (a - b) | 0 },
  intMul: { args: II, result: 'i32', evaluate: (a: N, b: N) => Math.imul(a, b) },
  intAnd: { args: II, result: 'i32', evaluate: (a: N, b: N) => a & b },
  intOr: { args: II, result: 'i32', evaluate: (a: N, b: N) => a | b },
  intXor: { args: II, result: 'i32', evaluate: (a: N, b: N) => a ^ b },
  intMin: { args: II, result: 'i32', evaluate: (a: N, b: N) => Math.min(a, b) },
  intMax: { args: II, result: 'i32', evaluate: (a: N, b: N) => Math.max(a, b) },
  /** Shifts: the second operand has to be a constant. */
  shiftLeft: { args: II, result: 'i32', evaluate: (a: N, b: N) => a << b },
  shiftRight: { args: II, result: 'i32', evaluate: (a: N, b: N) => a >> b },
  shiftRightUnsigned: { args: II, result: 'i32', evaluate: (a: N, b: N) => (a >>> b) | 0 },
  /** High 32 bits of the unsigned 64-bit product (Philox). */
  mulHighUnsigned: {
    args: II,
    result: 'i32',
    evaluate: (a: N, b: N) => Number((BigInt(a >>> 0) * BigInt(b >>> 0)) >> 32n) | 0,
  },
  /** Quotient and remainder of non-negative integers; in index expressions only. */
  indexDiv: { args: II, result: 'i32', evaluate: (a: N, b: N) => (a / b) | 0 },
  indexRem: { args: II, result: 'i32', evaluate: (a: N, b: N) => a % b },
  intEqual: { args: II, result: 'mask', evaluate: (a: N, b: N) => mask(a === b) },
  intLess: { args: II, result: 'mask', evaluate: (a: N, b: N) => mask(a < b) },

  intToFloat: { args: ['i32'], result: 'f32', evaluate: (a: N) => a },
  /** Towards zero; NaN gives 0, out of range saturates. */
  floatToInt: {
    args: F,
    result: 'i32',
    evaluate: (a: N) => (Number.isNaN(a) ? 0 : Math.max(-2147483648, Math.min(2147483647, Math.trunc(a)))),
  },
  bitsToFloat: {
    args: ['i32'],
    result: 'f32',
    evaluate: (a: N) => {
      bits[0] = a;
      return float[0] ?? 0;
    },
  },
  floatToBits: {
    args: F,
    result: 'i32',
    evaluate: (a: N) => {
      float[0] = a;
      return bits[0] ?? 0;
    },
  },
  maskToInt: { args: ['mask'], result: 'i32', evaluate: (a: N) => a & 1 },
});

export type PrimitiveName = keyof typeof primitives;
