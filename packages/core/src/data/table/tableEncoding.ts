import { LockstepError } from '../../errors.ts';
import { type Dataset, dataset } from '../dataset.ts';
import type { Field } from '../field.ts';
import { type IdsEncoding, idsOf } from './encoders/ids.ts';
import { type ColumnEncoding, encodedNames, encodedWriter } from './encoders/index.ts';
import { ColumnReader, checkTable, type Table } from './table.ts';
import { type TargetEncoding, targetField } from './target.ts';

/** A column of the table and what it becomes. */
export interface EncodedColumn<Encoding = ColumnEncoding> {
  readonly column: string;
  readonly encoding: Encoding;
}

/**
 * How the rows of a table become the fields of a data set: everything that was learnt from the training rows, as plain data that
 * JSON can hold. It belongs to a model like its weights: new rows have to be encoded in the same way.
 */
export interface TableEncoding {
  readonly version: 1;
  /** Texts that stand for a missing value. */
  readonly missing: readonly string[];
  /** In the order of the table. Ids have a field each; all others are side by side in the field `features`. */
  readonly columns: readonly EncodedColumn[];
  readonly target?: TargetEncoding;
}

/** The field that numbers and one-hot categories are in. */
export const featuresField = 'features';
/** The field that is to be predicted. */
export const targetFieldName = 'target';

function isIds(column: EncodedColumn): column is EncodedColumn<IdsEncoding> {
  return column.encoding.kind === 'ids';
}

function readerOf(table: Table, column: string, markers: readonly string[]): ColumnReader {
  const at = table.columns.findIndex(({ name }) => name === column);
  if (at < 0)
    throw new LockstepError('BAD_TABLE', 'a column is not there', {
      where: { file: table.file },
      got: table.columns.map(({ name }) => name).join(', '),
      wanted: column,
    });
  return new ColumnReader(table, at, markers);
}

function featuresOf(table: Table, columns: readonly EncodedColumn[], markers: readonly string[]): Field {
  const writers = columns.map(({ column, encoding }) =>
    encodedWriter(encoding, readerOf(table, column, markers)),
  );
  const width = writers.reduce((total, writer) => total + writer.width, 0);
  const values = new Float32Array(table.rows * width);
  let start = 0;
  for (const writer of writers) {
    for (let row = 0; row < table.rows; row++) writer.write(row, values, row * width + start);
    start += writer.width;
  }
  return { shape: [width], dtype: 'float32', values };
}

function idsField(
  table: Table,
  { column, encoding }: EncodedColumn<IdsEncoding>,
  markers: readonly string[],
): Field {
  const writer = encodedWriter(encoding, readerOf(table, column, markers));
  const values = new Int32Array(table.rows);
  for (let row = 0; row < table.rows; row++) writer.write(row, values, row);
  return { shape: [], dtype: 'int32', values, classes: idsOf(encoding) };
}

/** What each number of the field `features` is called: `age`, `age is missing`, `city = Oslo`. */
export function featureNames({ columns }: TableEncoding): readonly string[] {
  return columns
    .filter((column) => !isIds(column))
    .flatMap(({ column, encoding }) => encodedNames(encoding, column));
}

/**
 * Makes a data set of the rows of a table: field `features` [numbers] in float32, an int32 field for each column of ids, called like
 * it, and field `target` if the table has that column. Columns that the encoding does not name are left out.
 *
 * @throws LockstepError EMPTY_DATA; BAD_TABLE for a column that is not there, and for a missing or unknown value where that is an
 * error; NON_FINITE_DATA, LABEL_OUT_OF_RANGE, each with file and line
 */
export function encodeTable(table: Table, encoding: TableEncoding): Dataset {
  checkTable(table);
  const { columns, target, missing } = encoding;
  const fields: [string, Field][] = [];
  const dense = columns.filter((column) => !isIds(column));
  if (dense.length > 0) fields.push([featuresField, featuresOf(table, dense, missing)]);
  for (const column of columns.filter(isIds)) fields.push([column.column, idsField(table, column, missing)]);
  if (target !== undefined && table.columns.some(({ name }) => name === target.column))
    fields.push([targetFieldName, targetField(target, readerOf(table, target.column, missing), table.rows)]);
  return { ...dataset(Object.fromEntries(fields)), encoding };
}
