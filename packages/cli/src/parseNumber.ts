import { InvalidArgumentError } from 'commander';

/** The value of a numeric flag. */
export function parseNumber(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('It has to be a number.');
  return value;
}
