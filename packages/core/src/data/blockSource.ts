import { LockstepError } from '../errors.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import type { Field, FieldValues } from './field.ts';

/** Values of some rows, by field, row-major. */
export type BlockArrays = Readonly<Record<string, FieldValues>>;

/** What `open(options)` of a module gives: where rows come from. */
export interface BlockSource {
  /** How many there are, if the source can tell; checked against what the data set says. */
  readonly rows?: number;
  /**
   * Fills in all values of `count` rows from row `start` on. The arrays have exactly these rows, belong to the source until it
   * answers, and may lie in shared memory. The same rows have the same values whenever they are read. One call at a time.
   */
  readBlock(start: number, count: number, into: BlockArrays): void | Promise<void>;
  /** Lets go of files and the like. */
  close?(): void | Promise<void>;
}

/** What a module for `streamed` exports as `open`. */
export type OpenBlockSource = (options: unknown) => BlockSource | Promise<BlockSource>;

/** What has to be known to read rows of a streamed data set, as plain data. */
export interface StreamSchema {
  readonly module: string;
  readonly options: unknown;
  /** Rows of the source that are used end here. */
  readonly endRow: number;
  readonly fields: Readonly<Record<string, Pick<Field, 'shape' | 'dtype' | 'classes'>>>;
}

/** Consecutive rows of a source. */
export interface BlockRows {
  /** How the block is called in messages. */
  readonly block: number;
  /** Row of the source. */
  readonly start: number;
  readonly count: number;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isOpen = (value: unknown): value is OpenBlockSource => typeof value === 'function';

const isSource = (value: unknown): value is BlockSource =>
  isObject(value) && typeof value['readBlock'] === 'function';

/** The error for a source that fails. */
export function badSource(
  what: string,
  { module }: Pick<StreamSchema, 'module'>,
  details: { readonly got?: string; readonly wanted?: string; readonly cause?: unknown },
): LockstepError {
  return new LockstepError('BAD_SOURCE', what, {
    where: { field: 'streamed.module', file: module },
    ...details,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function openSource(schema: StreamSchema): Promise<BlockSource> {
  let source: unknown;
  try {
    const loaded: unknown = await import(schema.module);
    const open = isObject(loaded) ? loaded['open'] : undefined;
    if (!isOpen(open)) throw new TypeError('the module exports no function `open`');
    source = await open(schema.options);
    if (!isSource(source)) throw new TypeError('`open` gives nothing with a function `readBlock`');
  } catch (cause) {
    throw badSource('the source of streamed rows cannot be opened', schema, { got: messageOf(cause), cause });
  }
  if (source.rows !== undefined && source.rows < schema.endRow)
    throw badSource('the source has fewer rows than the data set', schema, {
      got: `${source.rows} rows`,
      wanted: `at least ${schema.endRow}`,
    });
  return source;
}

/**
 * The first number that is not finite, or -1. A loader looks at every number it reads, so it adds them up, four sums at a time: in
 * float64 a sum of 2^31 finite float32 numbers is finite, and one with a NaN or an infinity is not.
 */
function firstNonFinite(values: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let at = 0;
  for (; at + 3 < values.length; at += 4) {
    a += values[at] ?? 0;
    b += values[at + 1] ?? 0;
    c += values[at + 2] ?? 0;
    d += values[at + 3] ?? 0;
  }
  for (; at < values.length; at += 1) a += values[at] ?? 0;
  return Number.isFinite(a + b + c + d) ? -1 : values.findIndex((value) => !Number.isFinite(value));
}

/** Opens a source in this thread, and checks what it gives as data in memory is checked. */
export class BlockReader {
  readonly #schema: StreamSchema;
  #source: Promise<BlockSource> | undefined;

  constructor(schema: StreamSchema) {
    this.#schema = schema;
  }

  /**
   * Reads a block. The source is opened for the first one. One call at a time.
   *
   * @throws LockstepError BAD_SOURCE when the source cannot be opened or read; NON_FINITE_DATA or LABEL_OUT_OF_RANGE; all but the
   * first with the block
   */
  async read(rows: BlockRows, into: BlockArrays): Promise<void> {
    this.#source ??= openSource(this.#schema);
    const source = await this.#source;
    try {
      await source.readBlock(rows.start, rows.count, into);
    } catch (cause) {
      throw badSource(`block ${rows.block} of the streamed rows cannot be read`, this.#schema, {
        got: messageOf(cause),
        wanted: `rows ${rows.start} to ${rows.start + rows.count - 1}`,
        cause,
      });
    }
    for (const [name, values] of Object.entries(into)) this.#check(name, values, rows);
  }

  async close(): Promise<void> {
    const source = await this.#source?.catch(() => undefined);
    await source?.close?.();
  }

  #check(name: string, values: FieldValues, { block, start }: BlockRows): void {
    const { shape = [], classes } = this.#schema.fields[name] ?? {};
    const where = { field: `data.${name}` };
    const rowOf = (at: number): string => `row ${start + Math.floor(at / sizeOf(shape))}, in block ${block}`;
    if (values instanceof Float32Array) {
      const at = firstNonFinite(values);
      if (at >= 0)
        throw new LockstepError('NON_FINITE_DATA', `the data is not finite in ${rowOf(at)}`, {
          where,
          got: String(values[at]),
          wanted: 'a finite float32 number',
        });
    } else if (classes !== undefined) {
      const at = values.findIndex((label) => label < 0 || label >= classes);
      if (at >= 0)
        throw new LockstepError('LABEL_OUT_OF_RANGE', `a label is out of range in ${rowOf(at)}`, {
          where,
          got: `label ${values[at]}`,
          wanted: `0 to ${classes - 1} for ${classes} classes`,
        });
    }
  }
}
