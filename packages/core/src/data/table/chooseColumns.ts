import { LockstepError } from '../../errors.ts';
import { unknownName } from '../../nameLookup.ts';
import { type Cell, daysOfCell, isNotFinite, isNumeric } from './cell.ts';
import type { ColumnOptions, Scaling } from './encoders/encoder.ts';
import type { EncodingKind } from './encoders/index.ts';
import { ColumnReader, columnPosition, type Table } from './table.ts';

/** What is to be made of the columns of a table. */
export interface ColumnsOptions {
  /** Columns to predict from. Default: all that are not named otherwise. */
  readonly features?: readonly (string | number)[];
  /** Of single columns, by name. */
  readonly columns?: Readonly<Record<string, ColumnOptions>>;
  /** What columns of text become, unless `columns` says otherwise. Default `oneHot`. */
  readonly categories?: 'oneHot' | 'ids';
  /** How numbers and dates are scaled, unless `columns` says otherwise. Default `standardise`. */
  readonly scale?: Scaling;
  /** Texts that stand for a missing value. Default: the empty text, NA, N/A, NaN, nan, null, None and ?. */
  readonly missing?: readonly string[];
}

/** A column that is to be encoded, and how. */
export interface ChosenColumn {
  readonly reader: ColumnReader;
  readonly kind: EncodingKind;
  readonly options: ColumnOptions;
}

export interface Choice {
  readonly columns: readonly ChosenColumn[];
  /** What was decided without being asked for, for people to read. */
  readonly notes: readonly string[];
}

/** A column of which so many of the cells are numbers was meant to be one of numbers. */
const mostlyNumbers = 0.9;
/** So many different texts, one in every row, are names of the rows. */
const fewestNames = 20;

function leftOut(reader: ColumnReader, why: string): string {
  return `column "${reader.name}" is left out: ${why}`;
}

/** What the cells of a column are, or why it is of no use. */
function kindOf(
  reader: ColumnReader,
  rows: number,
  categories: 'oneHot' | 'ids',
): EncodingKind | { readonly note: string } {
  const different = new Set<Cell>();
  let present = 0;
  let numbers = 0;
  let dates = 0;
  let odd: number | undefined;
  for (let row = 0; row < rows; row++) {
    const cell = reader.cell(row);
    if (cell === null) continue;
    present += 1;
    different.add(cell);
    if (isNumeric(cell) || isNotFinite(cell)) numbers += 1;
    else odd ??= row;
    // One cell that is no date is enough to know.
    if (dates === present - 1 && Number.isFinite(daysOfCell(cell))) dates += 1;
  }
  if (present === 0) return { note: leftOut(reader, 'it is empty') };
  if (different.size === 1 && present === rows)
    return { note: leftOut(reader, 'it says the same in every row') };
  if (numbers === present) return 'number';
  if (dates === present) return 'date';
  if (odd !== undefined && numbers > fewestNames && numbers >= mostlyNumbers * present)
    throw reader.refuse(
      odd,
      'BAD_TABLE',
      'is not a number, though most of the column are',
      'a number',
      'Correct the cell, list it under "missing", or say what the column is under "columns".',
    );
  if (different.size === rows && rows >= fewestNames)
    return { note: leftOut(reader, 'it says something else in every row, as a name does') };
  return categories;
}

/**
 * Decides what becomes of each column. What its cells are is judged by all rows; what is learnt of them later is not.
 *
 * @param taken - positions of columns that are no features
 * @throws LockstepError BAD_OPTION or UNKNOWN_OPTION for a column that is not there; BAD_TABLE for a column of numbers with a few
 * cells that are none
 */
export function chooseColumns(table: Table, options: ColumnsOptions, taken: ReadonlySet<number>): Choice {
  const { features, columns: given = {}, categories = 'oneHot', scale = 'standardise', missing } = options;
  const names = table.columns.map(({ name }) => name);
  for (const name of Object.keys(given))
    if (!names.includes(name))
      throw unknownName('column', name, names, { field: 'columns', file: table.file });
  const positions =
    features?.map((feature) => columnPosition(table, feature, 'features')) ??
    [...names.keys()].filter((at) => !taken.has(at));
  const notes: string[] = [];
  const columns: ChosenColumn[] = [];
  for (const position of positions) {
    const reader = new ColumnReader(table, position, missing);
    const own = { scale, ...(Object.hasOwn(given, reader.name) ? given[reader.name] : {}) };
    if (own.as === 'leaveOut') continue;
    const kind = own.as ?? kindOf(reader, table.rows, categories);
    if (typeof kind === 'object') notes.push(kind.note);
    else columns.push({ reader, kind, options: own });
  }
  if (columns.length === 0)
    throw new LockstepError('BAD_TABLE', 'the table has no column to predict from', {
      where: { file: table.file },
      got: notes.join('; '),
    });
  return { columns, notes };
}
