import { permutation } from './order.ts';

/** How the rows of an epoch are shuffled without a look at all of them: by blocks, and inside windows of blocks. */
export interface BlockShuffle {
  /** Rows of a block, consecutive in the data set. The last block may have fewer. */
  readonly rows: number;
  /** Blocks whose rows are mixed with one another. */
  readonly window: number;
}

/** What an epoch is drawn by. */
export interface EpochDraw {
  readonly seed: number;
  /** Counted from 0. */
  readonly epoch: number;
}

/** The blocks of an epoch. */
export interface BlockEpoch {
  /** In the order in which they are read. */
  readonly blocks: Uint32Array;
  /** Positions of the epoch at which its windows begin, and the end of the last one. */
  readonly windows: readonly number[];
}

/** Blocks that a number of rows is cut into. */
export function countBlocks(rows: number, { rows: blockRows }: BlockShuffle): number {
  return Math.ceil(rows / blockRows);
}

/** Rows of a block. */
export function rowsOfBlock(block: number, rows: number, { rows: blockRows }: BlockShuffle): number {
  return Math.min(blockRows, rows - block * blockRows);
}

/**
 * The order of the blocks in an epoch: a permutation for the purpose `shuffle`. As many as a window has, one after another,
 * are a window; the last may have fewer.
 *
 * @param rows - of the data set
 * @param draw - undefined: the blocks in their own order
 */
export function blockEpoch(rows: number, shuffle: BlockShuffle, draw: EpochDraw | undefined): BlockEpoch {
  const count = countBlocks(rows, shuffle);
  const blocks = draw
    ? permutation(draw.seed, 'shuffle', draw.epoch, count)
    : Uint32Array.from({ length: count }, (_, block) => block);
  const windows: number[] = [];
  let position = 0;
  for (const [at, block] of blocks.entries()) {
    if (at % shuffle.window === 0) windows.push(position);
    position += rowsOfBlock(block, rows, shuffle);
  }
  return { blocks, windows: [...windows, position] };
}

/**
 * The row that each position of an epoch takes, as the place of its block in the order of reading times the rows of a block,
 * plus the row in the block. The rows of window w (counted from 0), in the order of reading, are permuted for the purpose
 * `shuffle` and the part w + 1.
 *
 * @param draw - undefined: the rows in their own order
 */
export function readingOrder(
  rows: number,
  shuffle: BlockShuffle,
  { blocks, windows }: BlockEpoch,
  draw: EpochDraw | undefined,
): Uint32Array {
  const order = new Uint32Array(rows);
  let read = 0;
  for (const [at, block] of blocks.entries())
    for (let row = 0; row < rowsOfBlock(block, rows, shuffle); row += 1) {
      order[read] = at * shuffle.rows + row;
      read += 1;
    }
  if (draw === undefined) return order;
  for (const [window, start] of windows.slice(0, -1).entries()) {
    const inWindow = order.slice(start, windows[window + 1]);
    const drawn = permutation(draw.seed, 'shuffle', draw.epoch, inWindow.length, window + 1);
    for (const [at, from] of drawn.entries()) order[start + at] = inWindow[from] ?? 0;
  }
  return order;
}
