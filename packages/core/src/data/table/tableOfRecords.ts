import { LockstepError } from '../../errors.ts';
import type { Cell } from './cell.ts';
import type { Table } from './table.ts';

export interface RecordsOptions {
  /** What to call the table in messages. Default `records`. */
  readonly file?: string;
  /** Line of the file that each record stands on, counted from 1. */
  readonly lines?: readonly number[];
}

/** Objects and lists inside one another, at most; deeper ones are somebody's joke. */
const deepest = 16;
/** Columns of a table, at most. */
const widest = 65_536;
/** Cells that no record has, at most, and so many more for each that one has: every record of a broken file may bring a field. */
const emptyCells = { always: 2 ** 24, perCell: 64 };

type Place = { readonly file: string; readonly line?: number };

/** Columns under way; each is filled up with missing cells when it gets its next one. */
class Columns {
  readonly cells = new Map<string, Cell[]>();
  #row = 0;
  #given = 0;

  set(name: string, cell: Cell, where: Place): void {
    let column = this.cells.get(name);
    if (column === undefined) {
      this.#requireDense(where);
      column = [];
      this.cells.set(name, column);
    }
    while (column.length < this.#row) column.push(null);
    column[this.#row] = cell;
    this.#given += 1;
  }

  endRow(where: Place): void {
    this.#requireDense(where);
    this.#row += 1;
  }

  #requireDense(where: Place): void {
    const empty = this.cells.size * (this.#row + 1) - this.#given;
    if (this.cells.size > widest || empty > emptyCells.always + emptyCells.perCell * this.#given)
      throw new LockstepError('BAD_TABLE', 'the records have too many different fields', {
        where,
        got: `${this.cells.size} fields in ${this.#row + 1} records`,
        wanted: `at most ${widest}, and not most of them missing nearly everywhere`,
      });
  }

  finish(): void {
    for (const column of this.cells.values()) while (column.length < this.#row) column.push(null);
  }
}

function simpleCell(value: unknown): Cell | undefined {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : undefined;
}

function flatten(value: unknown, name: string, depth: number, columns: Columns, where: Place): void {
  const cell = simpleCell(value);
  if (cell !== undefined) {
    columns.set(name, cell, where);
    return;
  }
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
  const isRecord = typeof value === 'object' && (isList || Object.getPrototypeOf(value) === Object.prototype);
  if (!isRecord || value === null || depth === deepest)
    throw new LockstepError('BAD_TABLE', `the field "${name}" is no simple value`, {
      where,
      got: typeof value,
      wanted: 'a text, a number, true, false, null, or lists and objects of them',
    });
  for (const [key, inner] of Object.entries(value))
    flatten(inner, name === '' ? key : `${name}.${key}`, depth + 1, columns, where);
}

/**
 * A table of records, such as the lines of a JSON Lines file: a column for each field. What lies inside a field has its
 * path for a name: `{ user: { age: 5 }, x: [1, 2] }` has the columns `user.age`, `x.0` and `x.1`. A field that a record
 * lacks is missing there.
 *
 * @throws LockstepError BAD_TABLE, with the record's number, for a value that is no simple one
 */
export function tableOfRecords(
  records: Iterable<Readonly<Record<string, unknown>>>,
  { file = 'records', lines }: RecordsOptions = {},
): Table {
  const columns = new Columns();
  let rows = 0;
  for (const record of records) {
    const line = lines?.[rows];
    const where = { file, ...(line === undefined ? {} : { line }) };
    flatten(record, '', 0, columns, where);
    columns.endRow(where);
    rows += 1;
  }
  columns.finish();
  return {
    file,
    columns: Array.from(columns.cells, ([name, cells]) => ({ name, cells })),
    hasNames: true,
    rows,
    ...(lines === undefined ? {} : { lines }),
  };
}
