import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of a data set that is too large for the repository: looked for below the environment variable LOCKSTEP_DATA,
 * then in `../shared/data` beside the checkout.
 *
 * @param name - `mnist`
 */
export function sharedData(name: string): string | undefined {
  const { LOCKSTEP_DATA: chosen } = process.env;
  const beside = fileURLToPath(new URL('../../../shared/data', import.meta.url));
  return [...(chosen === undefined ? [] : [chosen]), beside]
    .map((folder) => join(folder, name))
    .find((folder) => existsSync(folder));
}
