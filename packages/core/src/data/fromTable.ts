import { LockstepError } from '../errors.ts';
import { type Dataset, dataset } from './dataset.ts';
import type { Field } from './field.ts';

/** Cells as text, as a CSV file has them. */
export interface Table {
  /** What to call the table in messages. */
  readonly file: string;
  /** Column names, when the table has them. */
  readonly header?: readonly string[];
  /** All of the same length. */
  readonly rows: readonly (readonly string[])[];
  /** Line of the file that each row stands on, counted from 1. */
  readonly lines: readonly number[];
}

export interface TableOptions {
  /** Column to predict: its name, or its position (negative counts from the end). */
  readonly target: string | number;
  /** Columns to predict from. Default: all but the target. */
  readonly features?: readonly (string | number)[];
  /**
   * Makes the target a class label: the number of classes when cells hold 0, 1, 2 ..., their names in order, or
   * `infer` to take the distinct cells in sorted order. Default: the target is a float32 number.
   */
  readonly classes?: number | readonly string[] | 'infer';
}

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const notFinite = /^[+-]?(?:nan|inf|infinity)$/i;

/** Whether a cell is written as a number (NaN and infinities are not). */
export function isNumeric(cell: string): boolean {
  return number.test(cell.trim());
}

/** A table column, found and ready to be named in messages. */
interface Column {
  readonly at: number;
  readonly label: string;
}

function columnOf(table: Table, wanted: string | number, option: string): Column {
  const width = table.header?.length ?? table.rows[0]?.length ?? 0;
  let at = -1;
  if (typeof wanted === 'string') at = table.header?.indexOf(wanted) ?? -1;
  else if (Number.isInteger(wanted) && wanted >= -width && wanted < width) at = (wanted + width) % width;
  if (at < 0)
    throw new LockstepError('BAD_OPTION', 'the table has no such column', {
      where: { field: option, file: table.file },
      got: String(wanted),
      wanted: table.header === undefined ? `0 to ${width - 1} (there is no header)` : table.header.join(', '),
    });
  const name = table.header?.[at];
  return { at, label: name === undefined ? `column ${at + 1}` : `column ${at + 1} (${name})` };
}

function cellsOf(table: Table, column: Column): { cell: string; line: number }[] {
  return table.rows.map((cells, row) => ({
    cell: (cells[column.at] ?? '').trim(),
    line: table.lines[row] ?? row + 1,
  }));
}

function numberOf(table: Table, column: Column, cell: string, line: number): number {
  const where = { file: table.file, line };
  const value = number.test(cell) ? Number(cell) : Number.NaN;
  if (Number.isFinite(Math.fround(value))) return value;
  if (number.test(cell) || notFinite.test(cell))
    throw new LockstepError('NON_FINITE_DATA', `${column.label} is not a finite number`, {
      where,
      got: cell,
      wanted: 'a finite float32 number',
    });
  throw new LockstepError('BAD_CSV', `${column.label} is not a number`, {
    where,
    got: cell === '' ? 'an empty cell' : `"${cell}"`,
    wanted: 'a number',
  });
}

const byNumberOrCodeUnit = (a: string, b: string): number => {
  if (isNumeric(a) && isNumeric(b)) return Number(a) - Number(b);
  return a < b ? -1 : 1;
};

function labelField(table: Table, column: Column, classes: number | readonly string[] | 'infer'): Field {
  const cells = cellsOf(table, column);
  if (typeof classes === 'number') {
    const values = cells.map(({ cell, line }) => {
      const label = numberOf(table, column, cell, line);
      if (!Number.isInteger(label) || label < 0 || label >= classes)
        throw new LockstepError('LABEL_OUT_OF_RANGE', `${column.label} holds a label that is out of range`, {
          where: { file: table.file, line },
          got: cell,
          wanted: `0 to ${classes - 1} for ${classes} classes`,
        });
      return label;
    });
    return { shape: [], dtype: 'int32', values: Int32Array.from(values), classes };
  }
  const names =
    classes === 'infer' ? [...new Set(cells.map(({ cell }) => cell))].sort(byNumberOrCodeUnit) : classes;
  const labels = new Map(names.map((name, label) => [name, label]));
  const values = cells.map(({ cell, line }) => {
    const label = labels.get(cell);
    if (label === undefined)
      throw new LockstepError('LABEL_OUT_OF_RANGE', `${column.label} holds an unknown class`, {
        where: { file: table.file, line },
        got: `"${cell}"`,
        wanted: names.join(', '),
      });
    return label;
  });
  return {
    shape: [],
    dtype: 'int32',
    values: Int32Array.from(values),
    classes: names.length,
    classNames: names,
  };
}

/**
 * A data set of a table of text: field `features` [number of feature columns] in float32, and field `target`: [] int32
 * with classes, else [1] float32.
 *
 * @throws LockstepError EMPTY_DATA; BAD_OPTION for a column that is not there; BAD_CSV for a cell that is no number,
 * NON_FINITE_DATA, LABEL_OUT_OF_RANGE, each with file, line and column
 */
export function fromTable(table: Table, options: TableOptions): Dataset {
  if (table.rows.length === 0)
    throw new LockstepError('EMPTY_DATA', 'the table has no rows', { where: { file: table.file } });
  const target = columnOf(table, options.target, 'target');
  const all = (table.rows[0] ?? []).map((_, at) => at);
  const features = (options.features ?? all.filter((at) => at !== target.at)).map((feature) =>
    columnOf(table, feature, 'features'),
  );
  const values = new Float32Array(table.rows.length * features.length);
  for (const [at, column] of features.entries())
    for (const [row, { cell, line }] of cellsOf(table, column).entries())
      values[row * features.length + at] = numberOf(table, column, cell, line);
  return dataset({
    features: { shape: [features.length], dtype: 'float32', values },
    target:
      options.classes === undefined
        ? {
            shape: [1],
            dtype: 'float32',
            values: Float32Array.from(cellsOf(table, target), ({ cell, line }) =>
              numberOf(table, target, cell, line),
            ),
          }
        : labelField(table, target, options.classes),
  });
}
