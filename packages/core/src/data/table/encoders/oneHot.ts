import { type CategoryRule, categoryFinder, fitCategories, parseCategoryRule } from './categories.ts';
import type { ColumnEncoder } from './encoder.ts';

/** A number for each category: 1 for the one that the cell is, else 0. */
export interface OneHotEncoding extends CategoryRule {
  readonly kind: 'oneHot';
}

/** More columns than this are rarely worth their weights; ids with an embedding are. */
const mostCategories = 100;

/** A column of categories as zeros and a one; all zeros for an unknown category. */
export const oneHotEncoder: ColumnEncoder<OneHotEncoding> = {
  fit: (column, rows, options) => ({
    kind: 'oneHot',
    ...fitCategories(column, rows, { ...options, maxCategories: options.maxCategories ?? mostCategories }),
  }),
  names: ({ categories }, column) =>
    categories.map((category) => (category === '' ? `${column} is missing` : `${column} = ${category}`)),
  writer: (encoding, column) => {
    const find = categoryFinder(encoding, column);
    const width = encoding.categories.length;
    return {
      width,
      write: (row, into, at) => {
        into.fill(0, at, at + width);
        const category = find(row);
        if (category !== undefined) into[at + category] = 1;
      },
    };
  },
  parse: (value) => {
    const rule = parseCategoryRule(value);
    return rule && { kind: 'oneHot', ...rule };
  },
};
