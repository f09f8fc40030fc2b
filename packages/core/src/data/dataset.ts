import { LockstepError } from '../errors.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import type { BlockShuffle } from './blockOrder.ts';
import { allocateValues, checkField, type Field, type FieldValues, storedRowsOf } from './field.ts';
import type { RowStream } from './rowStream.ts';
import type { TableEncoding } from './table/tableEncoding.ts';

/**
 * Named fields with the same number of rows. A data set is a view: `index` lists which stored rows it has, in its
 * order, so that splitting and selecting copy no values.
 */
export interface Dataset {
  readonly fields: Readonly<Record<string, Field>>;
  readonly rows: number;
  /** Stored row of each row; absent: all stored rows in order. */
  readonly index?: Uint32Array;
  /** Blocks of rows that an epoch is shuffled by. Default: all rows are. */
  readonly blocks?: BlockShuffle;
  /** Where the rows come from while a run goes on: the fields have no values then. There are blocks too. */
  readonly stream?: RowStream;
  /** How the fields were made of the rows of a table, to be kept with a model that is trained on them. */
  readonly encoding?: TableEncoding;
}

/**
 * Makes a data set of fields.
 *
 * @throws LockstepError EMPTY_DATA without fields or rows; SHAPE_MISMATCH when fields have different numbers of rows;
 * and what {@link checkField} throws
 */
export function dataset(fields: Readonly<Record<string, Field>>): Dataset {
  const entries = Object.entries(fields);
  for (const [name, field] of entries) checkField(name, field);
  const [first] = entries;
  if (first === undefined)
    throw new LockstepError('EMPTY_DATA', 'the data set has no fields', { where: { field: 'data' } });
  const [firstName, firstField] = first;
  const rows = storedRowsOf(firstField);
  for (const [name, field] of entries)
    if (storedRowsOf(field) !== rows)
      throw new LockstepError('SHAPE_MISMATCH', 'the fields have different numbers of rows', {
        where: { field: `data.${name}` },
        got: `${storedRowsOf(field)} rows`,
        wanted: `${rows}, as in ${firstName}`,
      });
  if (rows === 0)
    throw new LockstepError('EMPTY_DATA', 'the data set has no rows', {
      where: { field: `data.${firstName}` },
    });
  return { fields, rows };
}

/**
 * Throws for rows that are not in memory.
 *
 * @param what - that needs them: "cannot be split at random"
 * @throws LockstepError BAD_OPTION
 */
export function requireInMemory({ stream }: Dataset, what: string, hint?: string): void {
  if (stream !== undefined)
    throw new LockstepError('BAD_OPTION', `rows of a streamed data set ${what}`, {
      where: { field: 'data' },
      got: stream.module,
      wanted: 'a data set in memory',
      ...(hint === undefined ? {} : { hint }),
    });
}

/** Rows there is room for in memory, whether the view has them or not. */
export function storedRows(data: Dataset): number {
  if (data.stream !== undefined) return data.stream.slots * (data.blocks?.rows ?? 1);
  const [field] = Object.values(data.fields);
  return field === undefined ? 0 : storedRowsOf(field);
}

/** Stored row number of a row of the view. */
export function storedRow(data: Dataset, row: number): number {
  return data.index?.[row] ?? row;
}

/**
 * The field of this name.
 *
 * @throws LockstepError UNKNOWN_OPTION when there is none
 */
export function fieldOf(data: Dataset, name: string): Field {
  const field = data.fields[name];
  if (field === undefined)
    throw new LockstepError('UNKNOWN_OPTION', `the data set has no field "${name}"`, {
      where: { field: 'data' },
      got: Object.keys(data.fields).join(', '),
      wanted: name,
    });
  return field;
}

/**
 * A view of some rows, in the order given; rows may repeat. No values are copied.
 *
 * @throws LockstepError BAD_OPTION for a row that is not there, or a streamed data set; EMPTY_DATA when no row is selected
 */
export function selectRows(data: Dataset, rows: ArrayLike<number>): Dataset {
  requireInMemory(data, 'cannot be selected', 'splitBlocks() sets the last blocks aside.');
  if (rows.length === 0)
    throw new LockstepError('EMPTY_DATA', 'no rows are selected', { where: { field: 'data' } });
  const index = Uint32Array.from(rows, (row) => {
    if (!Number.isInteger(row) || row < 0 || row >= data.rows)
      throw new LockstepError('BAD_OPTION', 'a selected row is not in the data set', {
        where: { field: 'rows' },
        got: String(row),
        wanted: `0 to ${data.rows - 1}`,
      });
    return storedRow(data, row);
  });
  return { ...data, rows: index.length, index };
}

/**
 * The same data set with one field changed or added; the field has to hold the same stored rows. Of a streamed data set the
 * preprocessing can be changed.
 */
export function withField(data: Dataset, name: string, field: Field): Dataset {
  if (data.fields[name]?.values !== field.values) requireInMemory(data, 'cannot be replaced');
  if (data.stream !== undefined) {
    checkField(name, field);
    return { ...data, fields: { ...data.fields, [name]: field } };
  }
  const { fields } = dataset({ ...data.fields, [name]: field });
  return { ...data, fields };
}

/**
 * The values of a field for the rows of the view, in the view's order, row-major. Copies when the view selects.
 *
 * @throws LockstepError UNKNOWN_OPTION when there is no such field; BAD_OPTION for a streamed data set
 */
export function valuesOf(data: Dataset, name: string): FieldValues {
  requireInMemory(data, 'cannot be looked at as a whole');
  const field = fieldOf(data, name);
  if (data.index === undefined) return field.values;
  const size = sizeOf(field.shape);
  const values = allocateValues(field.dtype, data.rows * size);
  for (const [row, stored] of data.index.entries())
    values.set(field.values.subarray(stored * size, (stored + 1) * size), row * size);
  return values;
}
