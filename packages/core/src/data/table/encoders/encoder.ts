import type { Cell } from '../cell.ts';
import type { ColumnReader } from '../table.ts';

/** What takes the place of a missing number: a statistic of the training rows, a number, or nothing: `error`. */
export type MissingNumber = 'mean' | 'median' | 'mostFrequent' | 'error' | number;

/** How numbers are scaled: to mean 0 and standard deviation 1, to 0 to 1, or not at all. */
export type Scaling = 'standardise' | 'minMax' | 'none';

/** What is to be made of one column. */
export interface ColumnOptions {
  /**
   * `number`, `date` (days), `oneHot` (a 0 or 1 for each category), `ids` (the category's number, in a field of its own, for an
   * embedding), or `leaveOut`. Default: what the cells are; text is a category, as `categories` says.
   */
  readonly as?: 'number' | 'date' | 'oneHot' | 'ids' | 'leaveOut';
  /**
   * What takes the place of a missing cell. Of a number: `mean`, `median` (the default), `mostFrequent` or a number. Of a
   * category: `category` (the default: missing is a category of its own), `mostFrequent` or a category. `error` refuses it.
   */
  readonly missing?: MissingNumber | 'category' | (string & {});
  /** Whether a 0 or 1 beside a number says that it was missing. Default: if it ever was in the training rows. */
  readonly indicator?: boolean;
  /** Of numbers and dates. Default: as the table's. */
  readonly scale?: Scaling;
  /** Most categories to tell apart; the rarest are the same as unknown ones. Default 100 for `oneHot`, all for `ids`. */
  readonly maxCategories?: number;
  /** What a category does that the training rows have not: `ignore` (all zeros, or id 0; the default) or `error`. */
  readonly unknown?: 'ignore' | 'error';
}

/** A column's encoding, put to use on a column. */
export interface CellWriter {
  /** Numbers that a cell becomes. */
  readonly width: number;
  /**
   * @param at - where the cell's numbers start
   * @throws LockstepError NON_FINITE_DATA or BAD_TABLE for a cell that cannot be encoded
   */
  write(row: number, into: Float32Array | Int32Array, at: number): void;
}

/**
 * A way to make numbers of cells. What it learns from the training rows is plain data, kept with the model, and put to use on any
 * rows later. A new way is a file beside this one and a line in `index.ts`.
 */
export interface ColumnEncoder<Encoding> {
  /** @param rows - of the training data */
  fit(column: ColumnReader, rows: Uint32Array, options: ColumnOptions): Encoding;
  /** What each number is called, for a column of this name. */
  names(encoding: Encoding, column: string): readonly string[];
  writer(encoding: Encoding, column: ColumnReader): CellWriter;
  /** The encoding that a value read from a file is; undefined if it is none of this kind. */
  parse(value: Readonly<Record<string, unknown>>): Encoding | undefined;
}

/** Cells that are there, of some rows. */
export function* presentCells(
  column: ColumnReader,
  rows: Iterable<number>,
): Generator<[number, Exclude<Cell, null>]> {
  for (const row of rows) {
    const cell = column.cell(row);
    if (cell !== null) yield [row, cell];
  }
}
