import { LockstepError } from '../../errors.ts';
import type { Field } from '../field.ts';
import { byNumberOrCodeUnit, type Cell, isNotFinite, numberOfCell, textOfCell } from './cell.ts';
import { deviationOf, meanOf } from './encoders/statistics.ts';
import type { ColumnReader } from './table.ts';

/** How the cells of the column to predict become numbers, and back, as plain data. */
export type TargetEncoding =
  | { readonly kind: 'classes'; readonly column: string; readonly classes: readonly string[] }
  | { readonly kind: 'number'; readonly column: string; readonly offset: number; readonly scale: number };

/** Whole numbers with more different values than this are amounts, not classes. */
const mostNumberedClasses = 20;

function present(column: ColumnReader, row: number): Exclude<Cell, null> {
  const cell = column.cell(row);
  if (cell !== null) return cell;
  throw column.refuse(
    row,
    'BAD_TABLE',
    'is missing',
    'what is to be predicted, in every row',
    'Leave rows out of which it is not known.',
  );
}

/** Whether a column is to be predicted as one of some classes: text, or few different whole numbers. */
export function looksLikeClasses(column: ColumnReader, rows: number): boolean {
  const values = new Set<number>();
  for (let row = 0; row < rows; row++) {
    const value = numberOfCell(present(column, row));
    if (Number.isNaN(value)) return true;
    if (!Number.isInteger(value)) return false;
    if (values.size <= mostNumberedClasses) values.add(value);
  }
  return values.size <= mostNumberedClasses;
}

/** The classes of a column: of all its rows, so that none is unknown later. */
export function fitClasses(column: ColumnReader, rows: number): TargetEncoding {
  const cells = Array.from({ length: rows }, (_, row) => textOfCell(present(column, row)));
  return { kind: 'classes', column: column.name, classes: [...new Set(cells)].sort(byNumberOrCodeUnit) };
}

/**
 * The scale of a column of numbers.
 *
 * @param rows - of the training data
 * @param isScaled - to mean 0 and standard deviation 1, or left as it is
 */
export function fitAmounts(column: ColumnReader, rows: Uint32Array, isScaled: boolean): TargetEncoding {
  const { name } = column;
  if (!isScaled) return { kind: 'number', column: name, offset: 0, scale: 1 };
  const values = Array.from(rows, (row) => amountAt(column, row));
  const deviation = deviationOf(values);
  return { kind: 'number', column: name, offset: meanOf(values), scale: deviation === 0 ? 1 : 1 / deviation };
}

function amountAt(column: ColumnReader, row: number): number {
  const value = numberOfCell(present(column, row));
  if (Number.isFinite(Math.fround(value))) return value;
  if (Number.isNaN(value) && !isNotFinite(column.raw(row)))
    throw column.refuse(row, 'BAD_TABLE', 'is not a number', 'a number');
  throw column.refuse(row, 'NON_FINITE_DATA', 'is not a finite number', 'a finite float32 number');
}

/**
 * The field of what is to be predicted: [] int32 with classes, or [1] float32.
 *
 * @throws LockstepError BAD_TABLE, NON_FINITE_DATA or LABEL_OUT_OF_RANGE, with file and line
 */
export function targetField(encoding: TargetEncoding, column: ColumnReader, rows: number): Field {
  if (encoding.kind === 'number') {
    const { offset, scale } = encoding;
    const values = Float32Array.from({ length: rows }, (_, row) => (amountAt(column, row) - offset) * scale);
    return { shape: [1], dtype: 'float32', values };
  }
  const { classes } = encoding;
  const labels = new Map(classes.map((name, label) => [name, label]));
  const values = Int32Array.from({ length: rows }, (_, row) => {
    const label = labels.get(textOfCell(present(column, row)));
    if (label === undefined)
      throw column.refuse(row, 'LABEL_OUT_OF_RANGE', 'holds an unknown class', classes.join(', '));
    return label;
  });
  return { shape: [], dtype: 'int32', values, classes: classes.length, classNames: classes };
}

/**
 * What a model's outputs say, in the terms of the table: the class with the greatest output for each row (the first of equal ones;
 * of a single output, the second class if it is above 0), or the number as it was before scaling.
 *
 * @param output - [rows, classes] or [rows, 1], as `predict` gives it
 * @throws LockstepError SHAPE_MISMATCH when the output has another number of columns than the target wants
 */
export function decodeTarget(
  encoding: TargetEncoding,
  output: { readonly shape: readonly number[]; readonly values: ArrayLike<number> },
): string[] | number[] {
  const [rows = 0, width = 1] = output.shape;
  const at = (row: number, column: number): number => output.values[row * width + column] ?? 0;
  const wanted = encoding.kind === 'number' ? 1 : encoding.classes.length;
  if (width !== wanted && !(width === 1 && wanted === 2))
    throw new LockstepError('SHAPE_MISMATCH', 'the output does not fit what was to be predicted', {
      got: `[${output.shape.join(', ')}]`,
      wanted: `[${rows}, ${wanted}]`,
    });
  if (encoding.kind === 'number')
    return Array.from({ length: rows }, (_, row) => at(row, 0) / encoding.scale + encoding.offset);
  const { classes } = encoding;
  return Array.from({ length: rows }, (_, row) => {
    let best = width === 1 && at(row, 0) > 0 ? 1 : 0;
    for (let label = 1; label < width; label++) if (at(row, label) > at(row, best)) best = label;
    return classes[best] ?? '';
  });
}
