import { parseJsonLines } from '../data/formats/jsonLines.ts';
import type { Table } from '../data/table/table.ts';
import { readText } from './readText.ts';

/**
 * Reads a JSON Lines file, one object a line; packed with gzip when its name ends in `.gz`. See `tableOfRecords` for the
 * columns.
 *
 * @throws LockstepError DATA_MISSING, BAD_GZIP, BAD_JSON or BAD_TABLE
 */
export function readJsonLines(file: string): Table {
  return parseJsonLines(readText(file), file);
}
