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

/** An exponent of ones, which NaN and infinities have. One step of the exponent more sets the sign of the sum of bits. */
const exponentStep = 0x0080_0000;
const magnitude = 0x7fff_ffff;

/** The first number that is not finite, or -1. A loader looks at every number it reads: this takes half the time of a test of each. */
function firstNonFinite(values: Float32Array): number {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  let [some, others] = [0, 0];
  for (let at = 0; at + 1 < bits.length; at += 2) {
    some |= ((bits[at] ?? 0) & magnitude) + exponentStep;
    others |= ((bits[at + 1] ?? 0) & magnitude) + exponentStep;
  }
  if (bits.length % 2 === 1) some |= ((bits[bits.length - 1] ?? 0) & magnitude) + exponentStep;
  return (some | others) >= 0 ? -1 : values.findIndex((value) => !Number.isFinite(value));
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
