import { createRequire } from 'node:module';
import type { InfoRecord } from 'csv-parse/sync';
import { isNumeric } from '../data/table/cell.ts';
import { nameOfColumn, type Table } from '../data/table/table.ts';
import { LockstepError } from '../errors.ts';
import { readText } from './readText.ts';

export interface CsvTableOptions {
  /** Whether the first line names the columns. Default: it does when none of its cells is a number. */
  readonly header?: boolean;
  /** Default: `,`. */
  readonly delimiter?: string;
}

/** Loaded when a table is read, not whenever this package is: that takes 9 ms. */
const csvParser = (): typeof import('csv-parse/sync') => createRequire(import.meta.url)('csv-parse/sync');

/**
 * Reads a CSV file (RFC 4180; packed with gzip when its name ends in `.gz`) as a table of text.
 *
 * @throws LockstepError DATA_MISSING, BAD_GZIP; BAD_CSV for a row with another number of cells or a broken quote
 */
export function readCsvTable(file: string, options: CsvTableOptions = {}): Table {
  const { CsvError, parse } = csvParser();
  const lines: number[] = [];
  let records: string[][];
  try {
    records = parse(readText(file), {
      bom: true,
      delimiter: options.delimiter ?? ',',
      skip_empty_lines: true,
      on_record: (record: string[], context: InfoRecord) => {
        lines.push(context.lines);
        return record;
      },
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line: unknown = cause['lines'];
    throw new LockstepError('BAD_CSV', 'the table is not well-formed', {
      where: { file, ...(typeof line === 'number' ? { line } : {}) },
      got: cause.message,
      cause,
    });
  }
  const [first = []] = records;
  const hasNames = options.header ?? (first.length > 0 && !first.some(isNumeric));
  const rows = hasNames ? records.slice(1) : records;
  return {
    file,
    columns: first.map((name, at) => ({
      name: hasNames ? name.trim() : nameOfColumn(at),
      cells: rows.map((row) => row[at] ?? null),
    })),
    hasNames,
    rows: rows.length,
    lines: hasNames ? lines.slice(1) : lines,
  };
}
