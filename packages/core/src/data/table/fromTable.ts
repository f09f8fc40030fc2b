import { LockstepError } from '../../errors.ts';
import { type Dataset, dataset } from '../dataset.ts';
import type { Field } from '../field.ts';
import { byNumberOrCodeUnit, isNotFinite, isNumeric, numberOfCell, textOfCell } from './cell.ts';
import { ColumnReader, columnPosition, type Table } from './table.ts';

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

/** The finite float32 number of a cell, or an error that says where there is none. */
function numberAt(column: ColumnReader, row: number): number {
  const cell = column.raw(row);
  const value = numberOfCell(cell);
  if (Number.isFinite(Math.fround(value))) return value;
  if (isNumeric(cell) || isNotFinite(cell))
    throw column.refuse(row, 'NON_FINITE_DATA', 'is not a finite number', 'a finite float32 number');
  throw column.refuse(row, 'BAD_CSV', 'is not a number', 'a number');
}

function numberedLabels(column: ColumnReader, rows: number, classes: number): Field {
  const values = Int32Array.from({ length: rows }, (_, row) => {
    const label = numberAt(column, row);
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw column.refuse(
        row,
        'LABEL_OUT_OF_RANGE',
        'holds a label that is out of range',
        `0 to ${classes - 1} for ${classes} classes`,
      );
    return label;
  });
  return { shape: [], dtype: 'int32', values, classes };
}

function namedLabels(column: ColumnReader, rows: number, classes: readonly string[] | 'infer'): Field {
  const cells = Array.from({ length: rows }, (_, row) => textOfCell(column.raw(row)));
  const names = classes === 'infer' ? [...new Set(cells)].sort(byNumberOrCodeUnit) : classes;
  const labels = new Map(names.map((name, label) => [name, label]));
  const values = Int32Array.from(cells, (cell, row) => {
    const label = labels.get(cell);
    if (label === undefined)
      throw column.refuse(row, 'LABEL_OUT_OF_RANGE', 'holds an unknown class', names.join(', '));
    return label;
  });
  return { shape: [], dtype: 'int32', values, classes: names.length, classNames: names };
}

/**
 * A data set of a table of numbers, as they are: field `features` [number of feature columns] in float32, and field
 * `target`: [] int32 with classes, else [1] float32. Where there is text, or cells are missing, see `prepareTable`.
 *
 * @throws LockstepError EMPTY_DATA; BAD_OPTION for a column that is not there; BAD_CSV for a cell that is
 * no number, NON_FINITE_DATA, LABEL_OUT_OF_RANGE, each with file, line and column
 */
export function fromTable(table: Table, options: TableOptions): Dataset {
  const { rows, file } = table;
  if (rows === 0) throw new LockstepError('EMPTY_DATA', 'the table has no rows', { where: { file } });
  const targetAt = columnPosition(table, options.target, 'target');
  const positions =
    options.features?.map((feature) => columnPosition(table, feature, 'features')) ??
    [...table.columns.keys()].filter((at) => at !== targetAt);
  const values = new Float32Array(rows * positions.length);
  for (const [at, position] of positions.entries()) {
    const column = new ColumnReader(table, position);
    for (let row = 0; row < rows; row++) values[row * positions.length + at] = numberAt(column, row);
  }
  const target = new ColumnReader(table, targetAt);
  const { classes } = options;
  let field: Field;
  if (classes === undefined)
    field = {
      shape: [1],
      dtype: 'float32',
      values: Float32Array.from({ length: rows }, (_, row) => numberAt(target, row)),
    };
  else
    field =
      typeof classes === 'number'
        ? numberedLabels(target, rows, classes)
        : namedLabels(target, rows, classes);
  return dataset({ features: { shape: [positions.length], dtype: 'float32', values }, target: field });
}
