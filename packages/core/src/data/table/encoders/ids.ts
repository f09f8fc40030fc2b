import { type CategoryRule, categoryFinder, fitCategories, parseCategoryRule } from './categories.ts';
import type { ColumnEncoder } from './encoder.ts';

/** An integer: 0 for an unknown category, else 1 + the category's position. */
export interface IdsEncoding extends CategoryRule {
  readonly kind: 'ids';
}

/** How many different ids there are: the size of an embedding's table. */
export function idsOf({ categories }: IdsEncoding): number {
  return categories.length + 1;
}

/** A column of categories as integers, in a field of its own, for an embedding. */
export const idsEncoder: ColumnEncoder<IdsEncoding> = {
  fit: (column, rows, options) => ({ kind: 'ids', ...fitCategories(column, rows, options) }),
  names: (_encoding, column) => [column],
  writer: (encoding, column) => {
    const find = categoryFinder(encoding, column);
    return {
      width: 1,
      write: (row, into, at) => {
        into[at] = (find(row) ?? -1) + 1;
      },
    };
  },
  parse: (value) => {
    const rule = parseCategoryRule(value);
    return rule && { kind: 'ids', ...rule };
  },
};
