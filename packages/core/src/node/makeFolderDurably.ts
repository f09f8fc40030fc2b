import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { syncFolder } from './writeFileDurably.ts';

/**
 * Makes a folder, and those that it lies in, so that they outlast a power failure; one that is there is left alone.
 *
 * @throws what the file system throws
 */
export function makeFolderDurably(path: string): void {
  const missing: string[] = [];
  // One after another: mkdir with `recursive` never returns below /proc (Node.js 26).
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.push(folder);
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // Somebody else may have made it in the meantime.
      if (!existsSync(folder)) throw error;
    }
    syncFolder(dirname(folder));
  }
  // Throws for a file of this name.
  if (!statSync(path).isDirectory()) mkdirSync(path);
}
