import { blocksAtOnce, emitPhiloxBlocks } from '../kernels/philoxBlocks.ts';
import { purposeKey } from '../nest/purpose.ts';
import { splitSeed } from '../nest/seed.ts';

/** Words that are drawn at a time, at most: they stay in the first-level cache. */
const mostWords = 4096;
const wordBytes = 4;

/** Writes words of Philox; see {@link emitPhiloxBlocks}. */
interface Drawing {
  readonly words: Uint32Array;
  readonly blocks: (...numbers: readonly number[]) => void;
}

let drawing: Drawing | undefined;

/** Made when it is first needed: 3 to 4 ms in a process that has just started. */
function openDrawing(): Drawing {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const module = new WebAssembly.Module(emitPhiloxBlocks());
  const { blocks } = new WebAssembly.Instance(module, { lockstep: { memory } }).exports;
  return {
    words: new Uint32Array(memory.buffer, 0, mostWords),
    blocks: blocks as Drawing['blocks'],
  };
}

/**
 * A random order of 0 to rows - 1: Fisher and Yates' shuffle, driven by Philox4x32-10 keyed by the seed, with the counter
 * (block, part, epoch, purpose). Its bounded integers are unbiased: draws from the incomplete last stretch of the 2^32
 * values are thrown away.
 *
 * Drawing, bounding and swapping are three passes over a few thousand rows at a time: so the swaps, which mostly miss the caches,
 * wait for memory several at once. A row of a million takes 7 ns; in one pass, with Philox in JavaScript, it took 26 to 46.
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
  const [key0, key1] = splitSeed(seed);
  const purposeWord = purposeKey(purpose);
  const order = new Uint32Array(rows);
  for (let row = 0; row < rows; row += 1) order[row] = row;
  drawing ??= openDrawing();
  const { words, blocks } = drawing;
  const atOnce = blocksAtOnce * 4;
  let block = 0;
  for (let last = rows - 1; last > 0; ) {
    const count = Math.min(mostWords, Math.ceil(last / atOnce) * atOnce);
    blocks(block, part, epoch, purposeWord, key0, key1, 0, wordBytes * count);
    block += count / 4;
    const drawn = boundWords(words, count, last + 1);
    for (let at = 0; at < drawn; at += 1) {
      const other = words[at] ?? 0;
      const moved = order[last] ?? 0;
      order[last] = order[other] ?? 0;
      order[other] = moved;
      last -= 1;
    }
  }
  return order;
}

/**
 * Makes of random words integers below `bound`, below `bound - 1` and so on down to 2, as many as there are of either.
 *
 * @returns how many
 */
function boundWords(words: Uint32Array, count: number, bound: number): number {
  let made = 0;
  for (let at = 0; at < count && made < bound - 1; at += 1) {
    const below = bound - made;
    const word = words[at] ?? 0;
    // Exact below 2^52, and five times as fast as the remainder of numbers beyond 2^31.
    const stretch = Math.floor(word / below) * below;
    if (stretch + below > 2 ** 32) continue;
    words[made] = word - stretch;
    made += 1;
  }
  return made;
}

/** The order that the rows of a data set of this size take in an epoch (counted from 0). */
export function epochOrder(seed: number, epoch: number, rows: number): Uint32Array {
  return permutation(seed, 'shuffle', epoch, rows);
}
