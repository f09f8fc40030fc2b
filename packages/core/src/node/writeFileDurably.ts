import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes the names of the files of a folder last. */
export function syncFolder(folder: string): void {
  // Windows has no handle to sync a folder with, and renames durably by itself.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** What is written beside a file is called like this until it is whole. */
const besideName = (file: string): string => `${file}.${process.pid}.tmp`;

/** Whether a file is one that was being written beside a file of a folder. */
export function isBeside(name: string): boolean {
  return /\.\d+\.tmp$/.test(name);
}

function piecesOf(content: string | Uint8Array | Iterable<Uint8Array>): Iterable<Uint8Array> {
  if (typeof content === 'string') return [new TextEncoder().encode(content)];
  return content instanceof Uint8Array ? [content] : content;
}

/**
 * Writes a file so that at every moment, power failures included, either the old content or all of the new one is
 * there: beside it, synced, renamed, the folder synced.
 *
 * @param content - may come in pieces, which are asked for as they are written
 * @throws what the file system throws; nothing is left beside the file then
 */
export function writeFileDurably(file: string, content: string | Uint8Array | Iterable<Uint8Array>): void {
  const beside = besideName(file);
  // One of the same name is what a process with this number left that was killed.
  const handle = openSync(beside, 'w');
  try {
    try {
      for (const bytes of piecesOf(content))
        for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  syncFolder(dirname(file));
}

/**
 * Gives a file that was written its name, so that after a power failure it either has it and is whole, or does not have it. It
 * takes the place of a file that has the name.
 *
 * @throws what the file system throws
 */
export function moveDurably(from: string, to: string): void {
  const handle = openSync(from, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(from, to);
  syncFolder(dirname(to));
}
