import { LockstepError } from '../errors.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import type { BlockShuffle } from './blockOrder.ts';
import { countBlocks } from './blockOrder.ts';
import type { Dataset } from './dataset.ts';
import type { FieldDType } from './field.ts';

/** Where the rows of a streamed data set come from, as plain data. */
export interface RowStream {
  /** URL of the module that opens the source. */
  readonly module: string;
  /** What it is opened with. */
  readonly options: unknown;
  /** Row of the source that is the first of the data set. */
  readonly firstRow: number;
  /** Bytes that blocks may take in memory. */
  readonly memory: number;
  /** Seconds without a block, while steps wait for one, after which the source counts as failed. */
  readonly readSeconds: number;
  /** Blocks that there is room for in memory. */
  readonly slots: number;
}

/** Bytes of an element of a field. */
export const fieldBytes = { float32: 4, int32: 4, uint8: 1 } as const satisfies Record<FieldDType, number>;

/** Bytes of one row of all fields. */
export function rowBytes(
  fields: Readonly<Record<string, { readonly shape: readonly number[]; readonly dtype: FieldDType }>>,
): number {
  return Object.values(fields).reduce(
    (total, { shape, dtype }) => total + sizeOf(shape) * fieldBytes[dtype],
    0,
  );
}

/** The most windows that a mini-batch has rows of. Of the windows of an epoch one may lack rows, as it has the last block. */
function windowsOfBatch(batchSize: number, { rows, window }: BlockShuffle): number {
  return window > 1 ? 2 + Math.floor(batchSize / ((window - 1) * rows)) : 3 + Math.floor(batchSize / rows);
}

/**
 * A streamed data set with room in memory for a number of blocks: those that a mini-batch may take rows of, and two windows
 * to be read ahead, or fewer if they take more memory than they may. Other data sets are as they were.
 *
 * @param window - blocks of a window, if they are to be other than the data set's
 * @throws LockstepError MEMORY_LIMIT if the rows of a mini-batch take more memory than they may
 */
export function withRing(data: Dataset, batchSize: number, window?: number): Dataset {
  const { stream, blocks: own, rows, fields } = data;
  if (stream === undefined || own === undefined) return data;
  const blocks = { rows: own.rows, window: window ?? own.window };
  const all = countBlocks(rows, blocks);
  const windows = windowsOfBatch(batchSize, blocks);
  const needed = Math.min(all, windows * blocks.window);
  const wanted = Math.min(all, (windows + 2) * blocks.window);
  const bytes = blocks.rows * rowBytes(fields);
  const fitting = Math.floor(stream.memory / bytes);
  if (fitting < needed)
    throw new LockstepError(
      'MEMORY_LIMIT',
      'the blocks of a mini-batch do not fit into the memory for them',
      {
        where: { field: 'streamed.memory' },
        got: `${stream.memory} bytes`,
        wanted: `${needed * bytes} for ${needed} blocks`,
        hint: 'Raise memory, or make blockRows or windowBlocks smaller, which gives another order of the rows.',
      },
    );
  return { ...data, blocks, stream: { ...stream, slots: Math.min(wanted, fitting) } };
}
