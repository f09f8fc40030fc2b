import { type ErrorCode, LockstepError } from '../../errors.ts';
import { type Cell, missingMarkers, textOfCell } from './cell.ts';

/** A table as a file has it, before anything is made of its cells. */
export interface Table {
  /** What to call the table in messages. */
  readonly file: string;
  readonly columns: readonly TableColumn[];
  /** Whether the table names its columns; otherwise they are called `column 1`, `column 2`, ... */
  readonly hasNames: boolean;
  readonly rows: number;
  /** Line of the file that each row stands on, counted from 1; absent for files without lines. */
  readonly lines?: readonly number[];
}

export interface TableColumn {
  readonly name: string;
  /** One for each row. */
  readonly cells: readonly Cell[];
}

/** What columns without a name are called. */
export function nameOfColumn(at: number): string {
  return `column ${at + 1}`;
}

/** A column of a table, found and ready to be read and to be named in messages. */
export class ColumnReader {
  readonly name: string;
  readonly #table: Table;
  readonly #cells: readonly Cell[];
  readonly #at: number;
  readonly #missing: ReadonlySet<string>;
  /** What {@link cell} answers, once it has been asked for. */
  #known: readonly Cell[] | undefined;

  /** @param markers - texts that stand for a missing value */
  constructor(table: Table, at: number, markers: Iterable<string> = missingMarkers) {
    const { name, cells } = table.columns[at] ?? { name: nameOfColumn(at), cells: [] };
    this.name = name;
    this.#table = table;
    this.#cells = cells;
    this.#at = at;
    this.#missing = new Set(markers);
  }

  /** The cell of a row, text without blanks around it. */
  raw(row: number): Cell {
    const cell = this.#cells[row] ?? null;
    return typeof cell === 'string' ? cell.trim() : cell;
  }

  /** The cell of a row; null if it is missing: no value, NaN, or one of the markers. */
  cell(row: number): Cell {
    this.#known ??= this.#cells.map((_, each) => this.#clean(each));
    return this.#known[row] ?? null;
  }

  #clean(row: number): Cell {
    const cell = this.raw(row);
    if (typeof cell === 'number') return Number.isNaN(cell) ? null : cell;
    return typeof cell === 'string' && this.#missing.has(cell) ? null : cell;
  }

  /** An error about the cell of a row. */
  refuse(row: number, code: ErrorCode, what: string, wanted: string, hint?: string): LockstepError {
    const { file, lines, hasNames } = this.#table;
    const line = lines?.[row];
    const label = hasNames ? `column ${this.#at + 1} (${this.name})` : this.name;
    const cell = this.raw(row);
    const text = typeof cell === 'string' && code !== 'NON_FINITE_DATA' ? `"${cell}"` : textOfCell(cell);
    return new LockstepError(code, `${label} ${what}${line === undefined ? ` in row ${row}` : ''}`, {
      where: { file, ...(line === undefined ? {} : { line }) },
      got: text === '' || text === '""' ? 'an empty cell' : text,
      wanted,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/**
 * Position of a column, by its name or its position (negative counts from the end).
 *
 * @param option - that names the column, for the message
 * @throws LockstepError BAD_OPTION when there is no such column
 */
export function columnPosition(table: Table, wanted: string | number, option: string): number {
  const width = table.columns.length;
  const names = table.columns.map(({ name }) => name);
  let at = -1;
  if (typeof wanted === 'string') at = names.indexOf(wanted);
  else if (Number.isInteger(wanted) && wanted >= -width && wanted < width) at = (wanted + width) % width;
  if (at >= 0) return at;
  throw new LockstepError('BAD_OPTION', 'the table has no such column', {
    where: { field: option, file: table.file },
    got: String(wanted),
    wanted: table.hasNames ? names.join(', ') : `0 to ${width - 1} (there are no names)`,
  });
}

/**
 * Checks what every table has to be: columns of one length with names of their own.
 *
 * @throws LockstepError EMPTY_DATA without rows; BAD_TABLE
 */
export function checkTable({ file, columns, rows }: Table): void {
  const where = { file };
  if (rows === 0 || columns.length === 0)
    throw new LockstepError('EMPTY_DATA', 'the table has no rows', { where });
  const names = new Set<string>();
  for (const { name, cells } of columns) {
    if (names.has(name))
      throw new LockstepError('BAD_TABLE', 'two columns have the same name', { where, got: `"${name}"` });
    names.add(name);
    if (cells.length !== rows)
      throw new LockstepError('BAD_TABLE', `the column "${name}" has another length than the table`, {
        where,
        got: `${cells.length} cells`,
        wanted: `${rows}`,
      });
  }
}
