import type { Dataset } from '../data/dataset.ts';
import { fromTable, type TableOptions } from '../data/table/fromTable.ts';
import { type CsvTableOptions, readCsvTable } from './readCsvTable.ts';

export interface CsvOptions extends TableOptions, CsvTableOptions {}

/**
 * Reads a CSV file (RFC 4180; packed with gzip when its name ends in `.gz`) of numbers into a data set with the fields
 * `features` and `target`; see {@link fromTable}.
 *
 * @throws LockstepError DATA_MISSING, BAD_GZIP; BAD_CSV for a row with another number of cells, a broken quote or a
 * cell that is no number; NON_FINITE_DATA, LABEL_OUT_OF_RANGE, EMPTY_DATA, BAD_OPTION
 */
export function readCsv(file: string, options: CsvOptions): Dataset {
  return fromTable(readCsvTable(file, options), options);
}
