import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Compressors } from 'hyparquet';
import type { Table } from '../data/table/table.ts';
import { tableOfRecords } from '../data/table/tableOfRecords.ts';
import { LockstepError } from '../errors.ts';
import { ParquetCheck } from './checkParquet.ts';
import { readBytes } from './readBytes.ts';

export interface ParquetOptions {
  /** Names of the columns to read. Default: all. */
  readonly columns?: readonly string[];
  /** Most values to make of the file. Default 2^27. */
  readonly maxCells?: number;
  /** Most bytes to unpack. Default 2^31. */
  readonly maxBytes?: number;
}

/** What Node.js can unpack, it does: it stops at the length that a page may have, and at bytes that make no sense. */
const unpackers: Compressors = {
  GZIP: (bytes, length) => gunzipSync(bytes, { maxOutputLength: Math.max(length, 1) }),
  BROTLI: (bytes, length) => brotliDecompressSync(bytes, { maxOutputLength: Math.max(length, 1) }),
  ZSTD: (bytes, length) => zstdDecompressSync(bytes, { maxOutputLength: Math.max(length, 1) }),
};

async function readRecords(
  file: string,
  bytes: ArrayBuffer,
  { columns, maxCells = 2 ** 27, maxBytes = 2 ** 31 }: ParquetOptions,
): Promise<Record<string, unknown>[]> {
  // Loaded when a Parquet file is read, not whenever this package is.
  const [{ parquetMetadata, parquetReadObjects, parquetSchema }, { parquetHeader }, { compressors }] =
    await Promise.all([
      import('hyparquet'),
      import('hyparquet/src/column.js'),
      import('hyparquet-compressors'),
    ]);
  const metadata = parquetMetadata(bytes);
  const check = new ParquetCheck(file, bytes, parquetHeader, { cells: maxCells, bytes: maxBytes });
  check.check(metadata, parquetSchema(metadata), columns);
  const records = await parquetReadObjects({
    file: bytes,
    metadata,
    compressors: { ...compressors, ...unpackers },
    ...(columns === undefined ? {} : { columns: [...columns] }),
  });
  if (records.length !== Number(metadata.num_rows))
    throw new LockstepError('BAD_PARQUET', 'the file has another number of rows than it says', {
      where: { file },
      got: `${records.length} rows`,
      wanted: `${metadata.num_rows}`,
    });
  return records;
}

/**
 * Reads a Parquet file (https://parquet.apache.org) with any of its encodings; compressed with Snappy, gzip, Brotli, Zstandard
 * or LZ4, or not at all. Dates and times become text in ISO 8601; lists and records inside a column become columns of their
 * own, as in `tableOfRecords`.
 *
 * @throws LockstepError DATA_MISSING; BAD_PARQUET for a file that is none, is cut off, lies about its sizes, unpacks to more
 * than it may, or lacks a column that is asked for; BAD_TABLE
 */
export async function readParquet(file: string, options: ParquetOptions = {}): Promise<Table> {
  const { buffer } = new Uint8Array(readBytes(file));
  let records: Record<string, unknown>[];
  try {
    records = await readRecords(file, buffer, options);
  } catch (cause) {
    if (cause instanceof LockstepError) throw cause;
    throw new LockstepError('BAD_PARQUET', 'the file cannot be read', {
      where: { file },
      got: cause instanceof Error ? cause.message : String(cause),
      hint: 'The download may have been interrupted; fetch the file again.',
      cause,
    });
  }
  return tableOfRecords(records, { file });
}
