import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { syncFolder } from './writeFileDurably.ts';

/**
 * Makes a folder, and those that it lies in, so that they outlast a power failure; one that is there is left alone.
 *
 * @throws what the file system throws
 */
export function makeFolderDurably(path: string): void {
  const first = mkdirSync(path, { recursive: true });
  if (first === undefined) return;
  const top = dirname(resolve(first));
  let folder = resolve(path);
  do {
    folder = dirname(folder);
    syncFolder(folder);
  } while (folder !== top && folder !== dirname(folder));
}
