/** A cell of a table: text as a CSV file has it, or a simple value as JSON and Parquet have them; null is missing. */
export type Cell = string | number | boolean | null;

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const notFinite = /^[+-]?(?:nan|inf|infinity)$/i;

/** Whether a cell is written as a number (NaN and infinities are not). */
export function isNumeric(cell: Cell): boolean {
  return typeof cell === 'number'
    ? Number.isFinite(cell)
    : typeof cell === 'string' && number.test(cell.trim());
}

/** Whether a cell is NaN or an infinity, or says so. */
export function isNotFinite(cell: Cell): boolean {
  return typeof cell === 'number'
    ? !Number.isFinite(cell)
    : typeof cell === 'string' && notFinite.test(cell.trim());
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

const date =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(?:[T ](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d(?:\.\d+)?))?(?<zone>Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Days since 1970-01-01 of a date in ISO 8601 (`2024-02-29`, `2024-02-29T12:00:00+01:00`); NaN for all else. A time
 * without a zone is in UTC, so that the number does not depend on the machine.
 */
export function daysOfCell(cell: Cell): number {
  const parts = typeof cell === 'string' ? date.exec(cell.trim())?.groups : undefined;
  if (parts === undefined) return Number.NaN;
  const part = (name: string): number => Number(parts[name] ?? 0);
  const midnight = new Date(Date.UTC(part('year'), part('month') - 1, part('day')));
  // Date.UTC takes the 31st of February for the 2nd of March.
  if (midnight.getUTCMonth() !== part('month') - 1 || midnight.getUTCDate() !== part('day'))
    return Number.NaN;
  if (part('hour') > 24 || part('minute') > 59 || part('second') >= 61) return Number.NaN;
  const zone = /^(?<sign>[+-])(?<hours>\d\d):?(?<minutes>\d\d)$/.exec(parts['zone'] ?? '')?.groups;
  const ahead = zone === undefined ? 0 : Number(zone['hours']) * 60 + Number(zone['minutes']);
  const minutes = part('hour') * 60 + part('minute') - (zone?.['sign'] === '-' ? -ahead : ahead);
  return midnight.getTime() / 86_400_000 + (minutes + part('second') / 60) / 1440;
}

/** Orders categories: as numbers if both are written as numbers, else by code unit, which no locale changes. */
export function byNumberOrCodeUnit(a: string, b: string): number {
  if (isNumeric(a) && isNumeric(b) && Number(a) !== Number(b)) return Number(a) - Number(b);
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
