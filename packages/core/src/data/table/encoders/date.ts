import { daysOfCell } from '../cell.ts';
import type { ColumnEncoder } from './encoder.ts';
import { fitNumbers, type NumberRule, numberNames, numberWriter, parseNumberRule } from './number.ts';

/** As numbers are, of the days since 1970-01-01. */
export interface DateEncoding extends NumberRule {
  readonly kind: 'date';
}

/** A column of dates in ISO 8601, with or without a time of day: as a column of days. */
export const dateEncoder: ColumnEncoder<DateEncoding> = {
  fit: (column, rows, options) => ({ kind: 'date', ...fitNumbers(column, rows, options, daysOfCell) }),
  names: numberNames,
  writer: (encoding, column) => numberWriter(encoding, column, daysOfCell),
  parse: (value) => {
    const rule = parseNumberRule(value);
    return rule && { kind: 'date', ...rule };
  },
};
