import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where a file of a data set lies in its folder: as it is called, or, if that ends in `.gz`, unpacked without that ending. An
 * unpacked one goes first.
 *
 * @returns nothing when it is not there
 */
export function dataFile(folder: string, name: string): string | undefined {
  return [name.replace(/\.gz$/, ''), name].map((form) => join(folder, form)).find((file) => existsSync(file));
}
