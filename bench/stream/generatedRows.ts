import type { BlockSource } from '@lockstep/core';

/** Numbers in a row. */
export const columns = 784;
export const classes = 10;

/** Writes a row: uniform numbers from 0 to 1 of a generator (Marsaglia's xorshift32) that starts anew for each row. */
function writeRow(row: number, x: Float32Array, start: number): number {
  let state = (Math.imul(row + 1, 0x9e3779b1) ^ 0x5bd1e995) | 1;
  let sum = 0;
  for (let at = start; at < start + columns; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const value = (state >>> 8) * 2 ** -24;
    x[at] = value;
    sum += at - start < classes ? value : 0;
  }
  return Math.floor((sum * 2) % classes);
}

/** Fills in rows from a number on. */
export function writeRows(first: number, count: number, x: Float32Array, y: Uint8Array): void {
  for (let row = 0; row < count; row += 1) y[row] = writeRow(first + row, x, row * columns);
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
