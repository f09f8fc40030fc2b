import { blockEpoch, type EpochDraw, readingOrder } from '../data/blockOrder.ts';
import { epochOrder } from '../data/order.ts';
import type { PassPlan } from './pass.ts';

/** The rows of a pass, by their positions in it. */
export interface PassOrder {
  /** Where each row is in memory when its step is made. */
  readonly placed: Int32Array;
  /** The number of each row in the data set as it is stored. */
  readonly stored: Int32Array;
}

/**
 * The order in which a pass takes the rows of its data set.
 *
 * @param draw - undefined: their own
 */
export function passOrder(
  { rows: total, dataRows, index, blocks, stream }: PassPlan,
  draw?: EpochDraw,
): PassOrder {
  const stored = new Int32Array(total);
  if (blocks === undefined || (draw === undefined && stream === undefined)) {
    const order = draw && epochOrder(draw.seed, draw.epoch, dataRows);
    for (let position = 0; position < total; position += 1) {
      const row = order?.[position] ?? position;
      stored[position] = index?.[row] ?? row;
    }
    return { placed: stored, stored };
  }
  const epoch = blockEpoch(dataRows, blocks, draw);
  const reading = readingOrder(dataRows, blocks, epoch, draw);
  const placed = stream === undefined ? stored : new Int32Array(total);
  const { firstRow = 0, slots = 1 } = stream ?? {};
  for (let position = 0; position < total; position += 1) {
    const from = reading[position] ?? 0;
    const at = Math.floor(from / blocks.rows);
    const inBlock = from - at * blocks.rows;
    const row = (epoch.blocks[at] ?? 0) * blocks.rows + inBlock;
    stored[position] = firstRow + (index?.[row] ?? row);
    if (stream !== undefined) placed[position] = (at % slots) * blocks.rows + inBlock;
  }
  return { placed, stored };
}
