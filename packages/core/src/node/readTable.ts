import type { Table } from '../data/table/table.ts';
import { LockstepError } from '../errors.ts';
import { readCsvTable } from './readCsvTable.ts';
import { readJsonLines } from './readJsonLines.ts';
import { readParquet } from './readParquet.ts';

/** What reads a file, by the ending of its name. */
const readers: Readonly<Record<string, (file: string) => Table | Promise<Table>>> = {
  csv: readCsvTable,
  tsv: (file) => readCsvTable(file, { delimiter: '\t' }),
  jsonl: readJsonLines,
  ndjson: readJsonLines,
  parquet: readParquet,
};

/**
 * Reads a table from a CSV, TSV, JSON Lines or Parquet file, which the ending of its name tells; all but Parquet may be
 * packed with gzip, with `.gz` after it.
 *
 * @throws LockstepError BAD_OPTION for a name with another ending; what the readers throw
 */
export async function readTable(file: string): Promise<Table> {
  const ending = /\.(?<ending>\w+)(?:\.gz)?$/.exec(file)?.groups?.['ending']?.toLowerCase() ?? '';
  const reader = Object.hasOwn(readers, ending) ? readers[ending] : undefined;
  if (reader === undefined)
    throw new LockstepError('BAD_OPTION', 'the name of the file does not say what is in it', {
      where: { file },
      got: ending === '' ? 'no ending' : `.${ending}`,
      wanted: Object.keys(readers)
        .map((known) => `.${known}`)
        .join(', '),
    });
  return await reader(file);
}
