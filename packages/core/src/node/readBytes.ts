import { readFileSync } from 'node:fs';
import { LockstepError } from '../errors.ts';

/** Whether an error comes from the operating system or a library of Node.js, which give errors a code. */
export function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** The error for a file that the operating system does not let us read. */
export function dataMissing(file: string, cause: Error & { readonly code: string }): LockstepError {
  return new LockstepError('DATA_MISSING', 'the data file cannot be read', {
    where: { file },
    got: cause.code,
    cause,
  });
}

/**
 * Reads a file; one whose name ends in `.gz` is unpacked.
 *
 * @throws LockstepError DATA_MISSING when it cannot be read; BAD_GZIP when it is no whole gzip file
 */
export function readBytes(file: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw dataMissing(file, cause);
  }
  if (!file.endsWith('.gz')) return bytes;
  try {
    // Loaded when a packed file is read: that takes 4 ms.
    return process.getBuiltinModule('node:zlib').gunzipSync(bytes);
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw new LockstepError('BAD_GZIP', 'the file cannot be unpacked', {
      where: { file },
      got: cause.message,
      hint: 'The download may have been interrupted; fetch the file again.',
      cause,
    });
  }
}
