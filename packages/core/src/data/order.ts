import { philox4x32 } from '../nest/philox.ts';
import { purposeKey } from '../nest/purpose.ts';
import { splitSeed } from '../nest/seed.ts';

/**
 * A random order of 0 to rows - 1: Fisher and Yates' shuffle, driven by Philox4x32-10 keyed by the seed, with the counter
 * (block, part, epoch, purpose). Its bounded integers are unbiased: draws from the incomplete last stretch of the 2^32
 * values are thrown away.
 *
 * @param purpose - what the order is for: orders for different purposes have nothing to do with each other
 * @param part - tells orders for the same purpose and epoch apart
 */
export function permutation(
  seed: number,
  purpose: string,
  epoch: number,
  rows: number,
  part = 0,
): Uint32Array {
  const key = splitSeed(seed);
  const purposeWord = purposeKey(purpose);
  let words: ArrayLike<number> = [];
  let block = 0;
  let used = 4;
  const below = (bound: number): number => {
    for (;;) {
      if (used === 4) {
        words = philox4x32([block, part, epoch, purposeWord], key);
        block += 1;
        used = 0;
      }
      const draw = (words[used] ?? 0) >>> 0;
      used += 1;
      // Exact below 2^52, and five times as fast as the remainder of numbers beyond 2^31.
      const stretch = Math.floor(draw / bound) * bound;
      if (stretch + bound <= 2 ** 32) return draw - stretch;
    }
  };
  const order = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) order[row] = row;
  for (let last = rows - 1; last > 0; last--) {
    const other = below(last + 1);
    const moved = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = moved;
  }
  return order;
}

/** The order that the rows of a data set of this size take in an epoch (counted from 0). */
export function epochOrder(seed: number, epoch: number, rows: number): Uint32Array {
  return permutation(seed, 'shuffle', epoch, rows);
}
