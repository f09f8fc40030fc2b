import { InvalidArgumentError } from 'commander';

/** The value of a numeric flag. */
export function parseNumber(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('It has to be a number.');
  return value;
}

/** The value of a flag that wants a number from 0. */
export function parseNonNegative(text: string): number {
  const value = parseNumber(text);
  if (value < 0) throw new InvalidArgumentError('It has to be 0 or above.');
  return value;
}

/** The value of a flag that wants a number above 0. */
export function parsePositive(text: string): number {
  const value = parseNumber(text);
  if (value <= 0) throw new InvalidArgumentError('It has to be above 0.');
  return value;
}

/** The value of a flag that counts something that there may be none of. */
export function parseCount(text: string): number {
  const value = parseNonNegative(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('It has to be an integer.');
  return value;
}

/** The value of a flag that counts something. */
export function parsePositiveInteger(text: string): number {
  const value = parsePositive(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('It has to be an integer.');
  return value;
}
