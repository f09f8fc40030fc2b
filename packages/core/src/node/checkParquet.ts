import type { ColumnMetaData, FileMetaData, PageHeader, SchemaTree } from 'hyparquet';
import type { parquetHeader } from 'hyparquet/src/column.js';
import { LockstepError } from '../errors.ts';

/** How much may be made of a file. */
export interface ParquetLimits {
  /** Values, empty ones included. */
  readonly cells: number;
  /** Bytes that all pages together unpack to. */
  readonly bytes: number;
}

/** Bytes that one page unpacks to, at most; writers make pages of about a megabyte. */
const largestPage = 2 ** 28;

const codecs: ReadonlySet<string> = new Set([
  'UNCOMPRESSED',
  'SNAPPY',
  'GZIP',
  'BROTLI',
  'ZSTD',
  'LZ4',
  'LZ4_RAW',
]);

/** Whether a value is an integer from 0 to a greatest one. */
function isCount(value: unknown, greatest: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= greatest;
}

function leafPaths({ path, children }: SchemaTree): string[] {
  return children.length === 0 ? [path.join('.')] : children.flatMap(leafPaths);
}

/**
 * Goes through the heads of all pages of a file before anything is unpacked. The reader believes what they say, so that a
 * small file could have it take any amount of memory.
 */
export class ParquetCheck {
  readonly #file: string;
  readonly #bytes: ArrayBuffer;
  readonly #header: typeof parquetHeader;
  #cellsLeft: number;
  #bytesLeft: number;

  constructor(file: string, bytes: ArrayBuffer, header: typeof parquetHeader, limits: ParquetLimits) {
    this.#file = file;
    this.#bytes = bytes;
    this.#header = header;
    this.#cellsLeft = limits.cells;
    this.#bytesLeft = limits.bytes;
  }

  /**
   * @param columns - those that are to be read. Default: all
   * @throws LockstepError BAD_PARQUET; what the reader throws at heads that cannot be read
   */
  check({ row_groups }: FileMetaData, schema: SchemaTree, columns?: readonly string[]): void {
    const names = schema.children.map(({ element }) => element.name);
    for (const name of columns ?? [])
      if (!names.includes(name)) throw this.#bad('a column is not there', `"${name}"`, names.join(', '));
    const leaves = new Set(leafPaths(schema));
    for (const group of row_groups)
      for (const { meta_data, file_path } of group.columns) {
        if (file_path !== undefined) throw this.#bad('the data lies in another file', file_path);
        if (meta_data === undefined) throw this.#bad('a column has no description', 'none');
        const path = meta_data.path_in_schema.join('.');
        if (!leaves.has(path)) throw this.#bad('a column is not in the schema', `"${path}"`);
        if (columns?.includes(meta_data.path_in_schema[0] ?? '') ?? true)
          this.#checkChunk(meta_data, path, Number(group.num_rows));
      }
  }

  #checkChunk(chunk: ColumnMetaData, path: string, rows: number): void {
    if (!codecs.has(chunk.codec))
      throw this.#bad(`the column "${path}" is compressed in a way that cannot be read`, chunk.codec);
    const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
    const end = start + Number(chunk.total_compressed_size);
    if (!(start >= 4 && end >= start && end <= this.#bytes.byteLength - 8))
      throw this.#bad(`the column "${path}" lies outside the file`, `bytes ${start} to ${end}`);
    this.#take(path, rows, 0);
    const reader = { view: new DataView(this.#bytes, start, end - start), offset: 0 };
    while (reader.offset < end - start - 1) {
      const page = this.#header(reader);
      const { compressed_page_size: packed, uncompressed_page_size: unpacked } = page;
      if (!isCount(packed, end - start - reader.offset))
        throw this.#bad(`a page of the column "${path}" goes on after its end`, `${packed} bytes`);
      if (!isCount(unpacked, largestPage))
        throw this.#bad(
          `a page of the column "${path}" is too large`,
          `${unpacked} bytes`,
          `at most ${largestPage}`,
        );
      const values = this.#valuesOf(page, path, rows);
      this.#take(path, values, unpacked);
      reader.offset += packed;
    }
  }

  /** Values that a page says it has; the reader takes whatever is not there for a number. */
  #valuesOf(page: PageHeader, path: string, rows: number): number {
    const { data_page_header: first, data_page_header_v2: second, dictionary_page_header: dictionary } = page;
    const counts = first ?? second ?? dictionary;
    if (counts === undefined || counts.encoding === undefined || !isCount(counts.num_values, 2 ** 31))
      throw this.#bad(`a page of the column "${path}" holds no values`, String(page.type));
    if (second === undefined) return counts.num_values;
    const { definition_levels_byte_length: definitions, repetition_levels_byte_length: repetitions } = second;
    const isWhole =
      isCount(definitions, page.compressed_page_size) &&
      isCount(repetitions, page.compressed_page_size - definitions) &&
      isCount(second.num_nulls, second.num_values) &&
      isCount(second.num_rows, rows);
    if (!isWhole) throw this.#bad(`a page of the column "${path}" has broken sizes`, String(page.type));
    return second.num_values;
  }

  #take(path: string, cells: number, bytes: number): void {
    this.#cellsLeft -= cells;
    this.#bytesLeft -= bytes;
    if (this.#cellsLeft < 0 || this.#bytesLeft < 0)
      throw new LockstepError('BAD_PARQUET', 'the table is larger than may be unpacked', {
        where: { file: this.#file },
        got: `too ${this.#cellsLeft < 0 ? 'many values' : 'many bytes'} up to the column "${path}"`,
        hint: 'Name the columns that are needed with "columns", or raise "maxCells" and "maxBytes".',
      });
  }

  #bad(what: string, got: string, wanted?: string): LockstepError {
    return new LockstepError('BAD_PARQUET', what, {
      where: { file: this.#file },
      got,
      ...(wanted === undefined ? {} : { wanted }),
    });
  }
}
