import { lookUp } from '../../nameLookup.ts';
import { cifar10 } from './cifar10.ts';
import { fashionMnist } from './fashionMnist.ts';
import type { KnownDataset } from './knownDataset.ts';
import { mnist } from './mnist.ts';
import { tinyShakespeare } from './tinyShakespeare.ts';

/** Every public data set that is known by name; a new one is a file here and a line. */
const all: readonly KnownDataset[] = [mnist, fashionMnist, cifar10, tinyShakespeare];

/** Public data sets by their names. */
export const knownDatasets: Readonly<Record<string, KnownDataset>> = Object.fromEntries(
  all.map((known) => [known.name, known]),
);

/**
 * The public data set of this name.
 *
 * @throws LockstepError UNKNOWN_OPTION when there is none
 */
export function knownDataset(name: string): KnownDataset {
  return lookUp('data set', knownDatasets, name);
}

export type { KnownArchive, KnownDataset, KnownFile } from './knownDataset.ts';
