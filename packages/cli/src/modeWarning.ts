import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Mode } from '@lockstep/parallel';
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

/** What a user should know who goes on with a run in another mode, or with other options of it: its bits will be others. */
export function modeWarning(folder: string | undefined, mode: Mode): readonly string[] {
  const before = folder === undefined ? undefined : modeIn(folder);
  if (before === undefined || isDeepStrictEqual(before, mode)) return [];
  return [
    `the run was trained in mode ${JSON.stringify(before)} so far and goes on in ${JSON.stringify(mode)}: its bits are those of neither`,
  ];
}
