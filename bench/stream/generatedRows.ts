import type { BlockSource } from '@lockstep/core';

/** Numbers in a row. */
export const columns = 784;
export const classes = 10;

/** Numbers that rows are taken from, each from a place of its own: so a source costs hardly more than its memory traffic. */
const poolSize = 2 ** 20;

/** Marsaglia's xorshift32. */
function next(state: number): number {
  let mixed = state ^ (state << 13);
  mixed ^= mixed >>> 17;
  return mixed ^ (mixed << 5);
}

function makePool(): Float32Array {
  const pool = new Float32Array(poolSize + columns);
  let state = 0x5bd1e995;
  for (let at = 0; at < pool.length; at += 1) {
    state = next(state);
    pool[at] = (state >>> 8) * 2 ** -24;
  }
  return pool;
}

const pool = makePool();

/** Fills in rows from a number on: uniform numbers from 0 to 1, and a class that the first ten of them tell. */
export function writeRows(first: number, count: number, x: Float32Array, y: Uint8Array): void {
  for (let row = 0; row < count; row += 1) {
    const start = next(Math.imul(first + row + 1, 0x9e3779b1)) & (poolSize - 1);
    x.set(pool.subarray(start, start + columns), row * columns);
    let sum = 0;
    for (let at = start; at < start + classes; at += 1) sum += pool[at] ?? 0;
    y[row] = Math.floor((2 * sum) % classes);
  }
}

/** Rows that are computed whenever they are read: as many as one wants, on no disk. */
export function open(): BlockSource {
  return {
    readBlock: (start, count, { x, y }) => {
      if (!(x instanceof Float32Array && y instanceof Uint8Array)) throw new TypeError('x and y are wanted');
      writeRows(start, count, x, y);
    },
  };
}
