import { LockstepError } from '../../../errors.ts';
import { type Cell, isNotFinite, numberOfCell } from '../cell.ts';
import type { ColumnReader } from '../table.ts';
import { type CellWriter, type ColumnEncoder, type ColumnOptions, presentCells } from './encoder.ts';
import { countsOf, deviationOf, meanOf, medianOf } from './statistics.ts';

/** A number x, or what stands for a missing one, becomes (x - offset) * scale, computed in float64. */
export interface NumberEncoding {
  readonly kind: 'number';
  /** What takes the place of a missing number; absent: it is an error. */
  readonly fill?: number;
  /** A second number is 1 where the cell is missing, else 0. */
  readonly indicator: boolean;
  readonly offset: number;
  readonly scale: number;
}

/** What a column of numbers learns, whatever its cells have to do with numbers. */
export type NumberRule = Omit<NumberEncoding, 'kind'>;

const byValue = (a: number, b: number): number => a - b;

function fillOf(
  values: readonly number[],
  missing: ColumnOptions['missing'],
  name: string,
): number | undefined {
  if (missing === 'error') return undefined;
  if (missing === 'mean') return meanOf(values);
  if (missing === undefined || missing === 'median') return medianOf(values);
  if (missing === 'mostFrequent') return countsOf(values, byValue)[0]?.[0];
  if (typeof missing === 'number' && Number.isFinite(missing)) return missing;
  throw new LockstepError('BAD_OPTION', 'nothing can take the place of a missing number like this', {
    where: { field: `columns.${name}.missing` },
    got: String(missing),
    wanted: 'mean, median, mostFrequent, error or a number',
  });
}

function scalingOf(
  values: readonly number[],
  scale: ColumnOptions['scale'],
): Pick<NumberRule, 'offset' | 'scale'> {
  if (scale === 'none') return { offset: 0, scale: 1 };
  if (scale === 'minMax') {
    const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const range = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) - least;
    return { offset: least, scale: range === 0 ? 1 : 1 / range };
  }
  const deviation = deviationOf(values);
  return { offset: meanOf(values), scale: deviation === 0 ? 1 : 1 / deviation };
}

/** The finite number of a cell that is there. */
function finite(column: ColumnReader, row: number, value: number): number {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value) && !isNotFinite(column.raw(row)))
    throw column.refuse(row, 'BAD_TABLE', 'is not a number', 'a number');
  throw column.refuse(row, 'NON_FINITE_DATA', 'is not a finite number', 'a finite number');
}

/**
 * Learns from the training rows. Statistics are float64, over the rows in order; scaling is that of the numbers with the missing
 * ones filled in.
 */
export function fitNumbers(
  column: ColumnReader,
  rows: Uint32Array,
  options: ColumnOptions,
  toNumber: (cell: Cell) => number,
): NumberRule {
  const values = Array.from(presentCells(column, rows), ([row, cell]) => finite(column, row, toNumber(cell)));
  const absent = rows.length - values.length;
  const known = values.length === 0 ? [0] : values;
  const fill = fillOf(known, options.missing, column.name);
  const filled =
    fill === undefined || absent === 0 ? known : [...values, ...new Array<number>(absent).fill(fill)];
  return {
    ...(fill === undefined ? {} : { fill }),
    indicator: options.indicator ?? (absent > 0 && fill !== undefined),
    ...scalingOf(filled, options.scale),
  };
}

/** Writes cells by what {@link fitNumbers} learnt. */
export function numberWriter(
  { fill, indicator, offset, scale }: NumberRule,
  column: ColumnReader,
  toNumber: (cell: Cell) => number,
): CellWriter {
  return {
    width: indicator ? 2 : 1,
    write: (row, into, at) => {
      const cell = column.cell(row);
      if (cell === null && fill === undefined)
        throw column.refuse(row, 'BAD_TABLE', 'is missing', 'a number');
      const value = cell === null ? (fill ?? 0) : finite(column, row, toNumber(cell));
      const scaled = (value - offset) * scale;
      if (!Number.isFinite(Math.fround(scaled)))
        throw column.refuse(
          row,
          'NON_FINITE_DATA',
          'is too large',
          'a number that float32 can hold once it is scaled',
        );
      into[at] = scaled;
      if (indicator) into[at + 1] = cell === null ? 1 : 0;
    },
  };
}

/** What the numbers of a column are called. */
export function numberNames({ indicator }: NumberRule, column: string): readonly string[] {
  return indicator ? [column, `${column} is missing`] : [column];
}

const isFiniteNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);

/** What a column of numbers has learnt, from a file; undefined if it is nothing of that kind. */
export function parseNumberRule(value: Readonly<Record<string, unknown>>): NumberRule | undefined {
  const { fill, indicator, offset, scale } = value;
  if (!isFiniteNumber(offset) || !isFiniteNumber(scale) || typeof indicator !== 'boolean') return undefined;
  if (fill === undefined) return { indicator, offset, scale };
  return isFiniteNumber(fill) ? { fill, indicator, offset, scale } : undefined;
}

/** A column of numbers: one float32, and one that says whether it was missing where that matters. */
export const numberEncoder: ColumnEncoder<NumberEncoding> = {
  fit: (column, rows, options) => ({ kind: 'number', ...fitNumbers(column, rows, options, numberOfCell) }),
  names: numberNames,
  writer: (encoding, column) => numberWriter(encoding, column, numberOfCell),
  parse: (value) => {
    const rule = parseNumberRule(value);
    return rule && { kind: 'number', ...rule };
  },
};
