import { LockstepError } from '../../../errors.ts';
import { byNumberOrCodeUnit, textOfCell } from '../cell.ts';
import type { ColumnReader } from '../table.ts';
import { type ColumnOptions, presentCells } from './encoder.ts';
import { countsOf } from './statistics.ts';

/** The category that a missing cell is, where missing is one of its own: no cell that is there is empty. */
const missingCategory = '';

/** What a column of categories learns. */
export interface CategoryRule {
  /** Numbers first, in rising order, then texts by code unit; a category that is missing is the empty text. */
  readonly categories: readonly string[];
  /** What takes the place of a missing cell; absent: it is an error. */
  readonly fill?: string;
  /** What a category does that is not listed. */
  readonly unknown: 'ignore' | 'error';
}

/** Learns the categories of the training rows, the most frequent ones if there are too many. */
export function fitCategories(
  column: ColumnReader,
  rows: Uint32Array,
  { missing = 'category', maxCategories, unknown = 'ignore' }: ColumnOptions,
): CategoryRule {
  const cells = Array.from(presentCells(column, rows), ([, cell]) => textOfCell(cell));
  const counts = countsOf(cells, byNumberOrCodeUnit);
  if (typeof missing !== 'string')
    throw new LockstepError('BAD_OPTION', 'nothing can take the place of a missing category like this', {
      where: { field: `columns.${column.name}.missing` },
      got: String(missing),
      wanted: 'category, mostFrequent, error or a category',
    });
  let fill: string | undefined = missing;
  if (missing === 'category') fill = missingCategory;
  if (missing === 'mostFrequent') fill = counts[0]?.[0] ?? missingCategory;
  if (missing === 'error') fill = undefined;
  const known = counts.slice(0, maxCategories).map(([category]) => category);
  const hasMissing = cells.length < rows.length;
  if (hasMissing && fill !== undefined && !known.includes(fill)) known.push(fill);
  return { categories: known.sort(byNumberOrCodeUnit), ...(fill === undefined ? {} : { fill }), unknown };
}

/**
 * Which of the categories the cell of a row is; undefined if it is none of them.
 *
 * @throws LockstepError BAD_TABLE for a missing or unknown category where that is an error
 */
export function categoryFinder(
  { categories, fill, unknown }: CategoryRule,
  column: ColumnReader,
): (row: number) => number | undefined {
  const positions = new Map(categories.map((category, at) => [category, at]));
  return (row) => {
    const cell = column.cell(row);
    const category = cell === null ? fill : textOfCell(cell);
    if (category === undefined) throw column.refuse(row, 'BAD_TABLE', 'is missing', 'a category');
    const at = positions.get(category);
    if (at === undefined && cell !== null && unknown === 'error')
      throw column.refuse(row, 'BAD_TABLE', 'holds an unknown category', categories.join(', '));
    return at;
  };
}

/** A list of different texts. */
export function isTexts(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.every((each) => typeof each === 'string') &&
    new Set(value).size === value.length
  );
}

/** What a column of categories has learnt, from a file; undefined if it is nothing of that kind. */
export function parseCategoryRule(value: Readonly<Record<string, unknown>>): CategoryRule | undefined {
  const { categories, fill, unknown } = value;
  if (!isTexts(categories) || (unknown !== 'ignore' && unknown !== 'error')) return undefined;
  if (fill === undefined) return { categories, unknown };
  return typeof fill === 'string' ? { categories, fill, unknown } : undefined;
}
