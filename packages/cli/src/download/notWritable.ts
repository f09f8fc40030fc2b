import { LockstepError } from '@lockstep/core';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full. What has come is kept; --data-dir names another folder.',
  EDQUOT: 'Your quota is used up. What has come is kept; --data-dir names another folder.',
};

/**
 * Does something to a file.
 *
 * @throws LockstepError NOT_WRITABLE for whatever the file system refuses
 */
export async function writing<T>(file: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof LockstepError || !(cause instanceof Error) || !('code' in cause)) throw cause;
    throw new LockstepError('NOT_WRITABLE', 'the download cannot be saved', {
      where: { file },
      got: cause.message,
      hint: reasons[String(cause.code)] ?? 'Name another folder with --data-dir or LOCKSTEP_DATA.',
      cause,
    });
  }
}
