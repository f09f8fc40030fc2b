import { closestMatch } from 'leven';
import { type ErrorPlace, LockstepError } from './errors.ts';

const sortedLetters = (name: string): string => [...name.toLowerCase()].sort().join('');

/** The name that was most likely meant by a wrong one, if any is near. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  // Half of a name's letters may be wrong: `mse` should find nothing, `ocuracy` should find `accuracy`.
  return (
    names.find((other) => other.toLowerCase() === name.toLowerCase()) ??
    // Two letters in the wrong order are one slip of the fingers, and count as two.
    names.find((other) => sortedLetters(other) === sortedLetters(name)) ??
    closestMatch(name, names, { maxDistance: Math.ceil(name.length / 2) })
  );
}

/**
 * The error for a name that is in no list: says which name is nearest, or else which there are.
 *
 * @param what - what kind of name it is: `loss`, `option of adam`
 * @param names - every name that would have been right
 */
export function unknownName(
  what: string,
  name: string,
  names: readonly string[],
  where: ErrorPlace = {},
): LockstepError {
  const nearest = nearestName(name, names);
  return new LockstepError('UNKNOWN_OPTION', `there is no ${what} "${name}"`, {
    where,
    hint: nearest === undefined ? `There are: ${names.join(', ')}.` : `Did you mean "${nearest}"?`,
  });
}

/**
 * The entry of a table with this name.
 *
 * @param what - what the table holds, for the message: `loss`
 * @throws LockstepError UNKNOWN_OPTION when there is none, with the nearest name there is
 */
export function lookUp<T>(
  what: string,
  table: Readonly<Record<string, T>>,
  name: string,
  where: ErrorPlace = {},
): T {
  const entry = Object.hasOwn(table, name) ? table[name] : undefined;
  if (entry === undefined) throw unknownName(what, name, Object.keys(table), where);
  return entry;
}
