import { CsvError, type InfoRecord, parse } from 'csv-parse/sync';
import type { Dataset } from '../data/dataset.ts';
import { fromTable, isNumeric, type Table, type TableOptions } from '../data/fromTable.ts';
import { LockstepError } from '../errors.ts';
import { readBytes } from './readBytes.ts';

export interface CsvOptions extends TableOptions {
  /** Whether the first line names the columns. Default: it does when none of its cells is a number. */
  readonly header?: boolean;
  /** Default: `,`. */
  readonly delimiter?: string;
}

function parseTable(text: string, file: string, options: CsvOptions): Table {
  const lines: number[] = [];
  let records: string[][];
  try {
    records = parse(text, {
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
  const [first] = records;
  const hasHeader = options.header ?? (first !== undefined && !first.some(isNumeric));
  return {
    file,
    rows: hasHeader ? records.slice(1) : records,
    lines: hasHeader ? lines.slice(1) : lines,
    ...(hasHeader && first !== undefined ? { header: first.map((name) => name.trim()) } : {}),
  };
}

/**
 * Reads a CSV file (RFC 4180; packed with gzip when its name ends in `.gz`) into a data set with the fields `features`
 * and `target`; see {@link fromTable}.
 *
 * @throws LockstepError DATA_MISSING, BAD_GZIP; BAD_CSV for a row with another number of cells, a broken quote or a
 * cell that is no number; NON_FINITE_DATA, LABEL_OUT_OF_RANGE, EMPTY_DATA, BAD_OPTION
 */
export function readCsv(file: string, options: CsvOptions): Dataset {
  return fromTable(parseTable(new TextDecoder().decode(readBytes(file)), file, options), options);
}
