import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { checkMode, type Mode } from '@lockstep/parallel';
import { descriptionFile } from './runFolder.ts';

/** The mode that the run in a folder was trained in so far; undefined if that cannot be read. */
function modeIn(folder: string): unknown {
  try {
    const description: unknown = JSON.parse(readFileSync(join(folder, descriptionFile), 'utf8'));
    if (typeof description !== 'object' || description === null) return undefined;
    return 'mode' in description ? description.mode : { name: 'sync' };
  } catch {
    return undefined;
  }
}

/** A mode with all its options, if it is one that there is: folders of older versions have only those that were given. */
function wholeMode(mode: unknown): unknown {
  try {
    return checkMode(mode as Mode);
  } catch {
    return mode;
  }
}

/**
 * What a user should know who goes on with a run in another mode, or with other options of it: its bits will be others.
 *
 * @param from - folder of the run up to now
 */
export function modeWarning(from: string | undefined, mode: Mode): readonly string[] {
  const found = from === undefined ? undefined : modeIn(from);
  if (found === undefined) return [];
  const [before, now] = [wholeMode(found), wholeMode(mode)];
  if (isDeepStrictEqual(before, now)) return [];
  return [
    `the run was trained in mode ${JSON.stringify(before)} so far and goes on in ${JSON.stringify(now)}: its bits are those of neither`,
  ];
}
