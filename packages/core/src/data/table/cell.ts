/** A cell of a table: text as a CSV file has it, or a simple value as JSON and Parquet have them; null is missing. */
export type Cell = string | number | boolean | null;

const number = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const notFinite = /^\s*[+-]?(?:nan|inf|infinity)\s*$/i;

/** Whether a cell is written as a number (NaN and infinities are not). */
export function isNumeric(cell: Cell): boolean {
  return typeof cell === 'number' ? Number.isFinite(cell) : typeof cell === 'string' && number.test(cell);
}

/** Whether a cell is NaN or an infinity, or says so. */
export function isNotFinite(cell: Cell): boolean {
  return typeof cell === 'number' ? !Number.isFinite(cell) : typeof cell === 'string' && notFinite.test(cell);
}

/** The number that a cell is or is written as; NaN for all else. */
export function numberOfCell(cell: Cell): number {
  if (typeof cell === 'number') return cell;
  return isNumeric(cell) ? Number(cell) : Number.NaN;
}

/** A cell as it is shown in messages and as it names a category. */
export function textOfCell(cell: Cell): string {
  return cell === null ? '' : String(cell).trim();
}

/** What stands for a missing value in text, unless a caller says otherwise. Whole cells, blanks around them aside. */
export const missingMarkers: readonly string[] = ['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'None', '?'];

const date = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?(?:Z|([+-])(\d\d):?(\d\d))?)?$/;

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/**
 * Days since 1970-01-01 of a date in ISO 8601 (`2024-02-29`, `2024-02-29T12:00:00+01:00`); NaN for all else. A time
 * without a zone is in UTC, so that the number does not depend on the machine.
 */
export function daysOfCell(cell: Cell): number {
  const parts = typeof cell === 'string' ? date.exec(cell.trim()) : null;
  if (parts === null) return Number.NaN;
  const part = (at: number): number => Number(parts[at] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return Number.NaN;
  if (hour > 24 || minute > 59 || second >= 61) return Number.NaN;
  const ahead = (parts[7] === '-' ? -1 : 1) * (part(8) * 60 + part(9));
  // Date.UTC takes the years 0 to 99 for 1900 to 1999; 400 years are 146,097 days.
  const midnight = Date.UTC(year + 400, month - 1, day) / 86_400_000 - 146_097;
  return midnight + (hour * 60 + minute - ahead + second / 60) / 1440;
}

/** Orders categories: as numbers if both are written as numbers, else by code unit, which no locale changes. */
export function byNumberOrCodeUnit(a: string, b: string): number {
  if (isNumeric(a) && isNumeric(b) && Number(a) !== Number(b)) return Number(a) - Number(b);
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
