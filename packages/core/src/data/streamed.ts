import { LockstepError } from '../errors.ts';
import { checkOptions, type OptionRule, object, positive, positiveInteger, required } from '../options.ts';
import { countBlocks } from './blockOrder.ts';
import { type Dataset, selectRows } from './dataset.ts';
import { allocateValues, checkField, type Field } from './field.ts';
import { rowBytes } from './rowStream.ts';
import type { DataSplit } from './split.ts';

/** How an epoch is shuffled by blocks. Both numbers are part of what a run is: others give another order of the rows. */
export interface BlockOptions {
  /** Rows of a block, read at once. Default: the largest power of two whose rows take at most 4 MiB. */
  readonly blockRows?: number;
  /** Blocks whose rows are mixed with one another. Default 8. */
  readonly windowBlocks?: number;
}

export interface StreamedOptions extends BlockOptions {
  /** Module that exports `open(options)`, which gives a {@link BlockSource}: `new URL('./rows.ts', import.meta.url)`. */
  readonly module: URL | string;
  /** What `open` is called with, in every thread that reads: plain data. */
  readonly options?: unknown;
  readonly rows: number;
  /** What a row has; integers that are labels or ids say how many `classes` there are. */
  readonly fields: Readonly<Record<string, Omit<Field, 'values'>>>;
  /** Bytes that blocks may take in memory: those in use, and those read ahead. Default 256 MiB. */
  readonly memory?: number;
  /** Seconds to wait for a block before the source counts as failed. Default 120. */
  readonly readSeconds?: number;
}

const defaultBlockBytes = 2 ** 22;
const defaultWindow = 8;
const defaultMemory = 2 ** 28;
const defaultReadSeconds = 120;
/** Numbers of rows are int32 in a step's table. */
const mostRows = 2 ** 31 - 1;

const moduleRule: OptionRule = {
  wanted: "an absolute URL, such as new URL('./rows.ts', import.meta.url)",
  holds: (value) => value instanceof URL || (typeof value === 'string' && URL.canParse(value)),
};
const rowsRule: OptionRule = {
  wanted: `an integer from 1 to ${mostRows}`,
  holds: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= mostRows,
};
const anything: OptionRule = { wanted: 'plain data', holds: () => true };

function blocksOf(
  { blockRows, windowBlocks = defaultWindow }: BlockOptions,
  fields: Readonly<Record<string, Omit<Field, 'values'>>>,
): NonNullable<Dataset['blocks']> {
  const fitting = Math.max(1, Math.floor(defaultBlockBytes / rowBytes(fields)));
  return { rows: blockRows ?? 1 << (31 - Math.clz32(fitting)), window: windowBlocks };
}

/**
 * A data set that stays where it is: blocks of its rows are read while a run goes on, ahead of the steps that need them. An
 * epoch takes the blocks in a random order, and mixes the rows of as many blocks as a window has ({@link blockEpoch}); that
 * depends on the seed alone, so the bits are those of {@link inBlocks} with the same rows in memory.
 *
 * ```ts
 * const train = streamed({
 *   module: new URL('./rows.ts', import.meta.url),
 *   options: { folder: '/data/rows' },
 *   rows: 10_000_000,
 *   fields: { x: { shape: [784], dtype: 'uint8' }, y: { shape: [], dtype: 'uint8', classes: 10 } },
 * });
 * ```
 *
 * @throws LockstepError BAD_OPTION or UNKNOWN_OPTION naming the field; SHAPE_MISMATCH for a broken shape; EMPTY_DATA without fields
 */
export function streamed(options: StreamedOptions): Dataset {
  checkOptions('streamed', options, {
    module: required(moduleRule),
    options: anything,
    rows: required(rowsRule),
    fields: required(object('an object with the fields of a row')),
    blockRows: positiveInteger,
    windowBlocks: positiveInteger,
    memory: positive,
    readSeconds: positive,
  });
  const { module, rows, memory = defaultMemory, readSeconds = defaultReadSeconds } = options;
  const fields = Object.fromEntries(
    Object.entries(options.fields).map(([name, field]) => [
      name,
      { ...field, values: allocateValues(field.dtype, 0) },
    ]),
  );
  if (Object.keys(fields).length === 0)
    throw new LockstepError('EMPTY_DATA', 'the data set has no fields', {
      where: { field: 'streamed.fields' },
    });
  for (const [name, field] of Object.entries(fields)) checkField(name, field);
  const blocks = blocksOf(options, fields);
  const slots = Math.min(blocks.window, countBlocks(rows, blocks));
  return {
    fields,
    rows,
    blocks,
    stream: {
      module: String(module),
      options: options.options,
      firstRow: 0,
      memory,
      readSeconds,
      slots,
    },
  };
}

/**
 * A data set in memory whose epochs are shuffled by blocks, as those of {@link streamed} are.
 *
 * @throws LockstepError BAD_OPTION or UNKNOWN_OPTION naming the field
 */
export function inBlocks(data: Dataset, options: BlockOptions = {}): Dataset {
  checkOptions('inBlocks', options, { blockRows: positiveInteger, windowBlocks: positiveInteger });
  return { ...data, blocks: blocksOf(options, data.fields) };
}

/**
 * Sets the last blocks of a data set aside for validation, of {@link streamed} or of {@link inBlocks}.
 *
 * @throws LockstepError BAD_OPTION for a data set without blocks, or when not at least one block is left
 */
export function splitBlocks(data: Dataset, validationBlocks: number): DataSplit {
  const { blocks, stream, rows } = data;
  const all = blocks === undefined ? 0 : countBlocks(rows, blocks);
  if (blocks === undefined || !(validationBlocks >= 1 && validationBlocks < all))
    throw new LockstepError('BAD_OPTION', 'these blocks cannot be set aside', {
      where: { field: 'validationBlocks' },
      got: `${validationBlocks} of ${all} blocks`,
      wanted: 'at least one block for either part',
    });
  const cut = (all - Math.trunc(validationBlocks)) * blocks.rows;
  const part = (from: number, to: number): Dataset =>
    stream === undefined
      ? selectRows(
          data,
          Uint32Array.from({ length: to - from }, (_, at) => from + at),
        )
      : { ...data, rows: to - from, stream: { ...stream, firstRow: stream.firstRow + from } };
  return { train: part(0, cut), validation: part(cut, rows) };
}
