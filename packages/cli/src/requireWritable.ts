import { closeSync, openSync } from 'node:fs';
import { LockstepError } from '@lockstep/core';

/**
 * Finds out before the work whether its result can be written: makes the file if there is none.
 *
 * @param flag - that names the file, for the error
 * @throws LockstepError NOT_WRITABLE
 */
export function requireWritable(flag: string, file: string): void {
  try {
    closeSync(openSync(file, 'a'));
  } catch (cause) {
    throw new LockstepError('NOT_WRITABLE', 'the file cannot be written', {
      where: { field: flag, file },
      got: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}
