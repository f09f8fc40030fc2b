import type { BlockSource } from '../blockSource.ts';

/** Rows that are computed from their numbers, so that they can be had in memory and as a stream. */
export interface PatternOptions {
  readonly rows: number;
  /** Fails in the block that has this row: throws, or never answers, or gives NaN, or ends its thread. */
  readonly fails?: { readonly row: number; readonly how: 'throw' | 'hang' | 'nan' | 'exit' };
  /** Milliseconds that a block takes. */
  readonly delay?: number;
}

export const patternColumns = 5;

/** Element of `x`. */
export function patternX(row: number, column: number): number {
  return ((row * 37 + column * 101 + row * column) % 64) / 32 - 1;
}

/** Label `y`, from 0 to 2. */
export function patternY(row: number): number {
  return (row * 7 + (row >> 3)) % 3;
}

async function fail({ how }: NonNullable<PatternOptions['fails']>, x: Float32Array): Promise<void> {
  if (how === 'throw') throw new Error('the disk is on fire');
  if (how === 'exit') process.exit(7);
  if (how === 'nan') x[2] = Number.NaN;
  else await new Promise(() => {});
}

export function open(options: PatternOptions): BlockSource {
  const { rows, fails, delay = 0 } = options;
  return {
    rows,
    readBlock: async (start, count, { x, y }) => {
      if (!(x instanceof Float32Array && y instanceof Uint8Array))
        throw new TypeError('x and y are expected');
      if (delay > 0)
        await new Promise<void>((resolve) => {
          setTimeout(resolve, delay);
        });
      for (let row = 0; row < count; row += 1) {
        for (let column = 0; column < patternColumns; column += 1)
          x[row * patternColumns + column] = patternX(start + row, column);
        y[row] = patternY(start + row);
      }
      if (fails !== undefined && fails.row >= start && fails.row < start + count) await fail(fails, x);
    },
  };
}
