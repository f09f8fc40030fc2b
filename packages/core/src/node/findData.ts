import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { knownDataset } from '../data/known/index.ts';
import { LockstepError } from '../errors.ts';
import { dataFile } from './dataFile.ts';

/**
 * The folder that data sets are kept in, each in a folder of its own name: that of the environment variable LOCKSTEP_DATA,
 * which `--data-dir` sets, else `lockstep/data` in the user's cache (`$XDG_CACHE_HOME`, or `~/.cache`).
 */
export function dataFolder(): string {
  const { LOCKSTEP_DATA: chosen, XDG_CACHE_HOME: cache } = process.env;
  if (chosen) return resolve(chosen);
  return join(cache || join(homedir(), '.cache'), 'lockstep', 'data');
}

export interface FindDataOptions {
  /** Folders with data sets to look in after {@link dataFolder}. */
  readonly folders?: readonly string[];
}

/**
 * Finds a public data set on this machine, such as `lockstep data get` leaves it: `loadMnist(findData('mnist'))`. What is in
 * the files is not checked.
 *
 * @param name - `mnist`, `fashion-mnist`, `cifar-10`, `tinyshakespeare`
 * @returns its folder
 * @throws LockstepError UNKNOWN_OPTION when there is no data set of this name; DATA_MISSING when it, or a file of it, is not there
 */
export function findData(name: string, { folders = [] }: FindDataOptions = {}): string {
  const { files } = knownDataset(name);
  const tried = [dataFolder(), ...folders].map((folder) => join(folder, name));
  const missingIn = (folder: string): readonly string[] =>
    files.flatMap((file) => (dataFile(folder, file.name) === undefined ? [file.name] : []));
  const found = tried.find((folder) => missingIn(folder).length === 0);
  if (found !== undefined) return found;
  const incomplete = tried.find((folder) => missingIn(folder).length < files.length);
  throw new LockstepError('DATA_MISSING', `the data set "${name}" is not on this machine`, {
    ...(incomplete !== undefined && { got: `${incomplete} without ${missingIn(incomplete).join(', ')}` }),
    wanted: `its files in ${tried.join(' or ')}`,
    hint: `\`lockstep data get ${name}\` downloads it. If it is elsewhere, name the folder around it with --data-dir or LOCKSTEP_DATA.`,
  });
}
