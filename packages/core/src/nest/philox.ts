import { i32, primitive, type Scalar } from './scalar.ts';

/** Multipliers and key increments of Philox4x32 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers", 2011). */
export const philoxMultipliers = [0xd2511f53, 0xcd9e8d57] as const;
export const philoxIncrements = [0x9e3779b9, 0xbb67ae85] as const;
export const philoxRounds = 10;

const [MULTIPLIER_0, MULTIPLIER_1] = philoxMultipliers;
const [INCREMENT_0, INCREMENT_1] = philoxIncrements;

/** Four words of 32 bits. */
export type Words<T> = readonly [T, T, T, T];
/** The key, two words of 32 bits. */
export type Key<T> = readonly [T, T];

/**
 * Philox4x32-10 as an expression of i32 scalars: four random words from a counter and a key, with no state. All four words
 * take 98 primitives, 20 of them `mulHighUnsigned`; word 0 alone takes 86, with 18.
 *
 * Random numbers of a graph are keyed so that they depend on nothing but what they are for: key = low and high word of the
 * seed; counter = element index within the row, position of the row in the full mini-batch, optimizer step, purpose
 * (`purposeKey`); of the result, word 0.
 */
export function philoxExpression(counter: Words<Scalar>, key: Key<Scalar>): Words<Scalar> {
  let words = counter;
  for (let round = 0; round < philoxRounds; round++) {
    const [w0, w1, w2, w3] = words;
    const key0 = round === 0 ? key[0] : primitive('intAdd', key[0], i32(Math.imul(INCREMENT_0, round)));
    const key1 = round === 0 ? key[1] : primitive('intAdd', key[1], i32(Math.imul(INCREMENT_1, round)));
    const high0 = primitive('mulHighUnsigned', w0, i32(MULTIPLIER_0));
    const high1 = primitive('mulHighUnsigned', w2, i32(MULTIPLIER_1));
    words = [
      primitive('intXor', primitive('intXor', high1, w1), key0),
      primitive('intMul', w2, i32(MULTIPLIER_1)),
      primitive('intXor', primitive('intXor', high0, w3), key1),
      primitive('intMul', w0, i32(MULTIPLIER_0)),
    ];
  }
  return words;
}

/** High 32 bits of the unsigned product, from products of 16-bit halves; every partial sum stays below 2^32. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + (middle >>> 16) + (carry >>> 16);
}

/**
 * Philox4x32-10 on the host.
 *
 * @param counter - four words; only their low 32 bits count
 * @param key - two words; only their low 32 bits count
 * @returns four random integers from 0 to 2^32 - 1
 */
export function philox4x32(counter: Words<number>, key: Key<number>): [number, number, number, number] {
  let [w0, w1, w2, w3] = counter;
  let [key0, key1] = key;
  for (let round = 0; round < philoxRounds; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, w0);
    const high1 = multiplyHigh(MULTIPLIER_1, w2);
    const low0 = Math.imul(MULTIPLIER_0, w0);
    const low1 = Math.imul(MULTIPLIER_1, w2);
    w0 = high1 ^ w1 ^ key0;
    w1 = low1;
    w2 = high0 ^ w3 ^ key1;
    w3 = low0;
    key0 = (key0 + INCREMENT_0) | 0;
    key1 = (key1 + INCREMENT_1) | 0;
  }
  return [w0 >>> 0, w1 >>> 0, w2 >>> 0, w3 >>> 0];
}
