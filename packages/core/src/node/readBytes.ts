import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { LockstepError } from '../errors.ts';

function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
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
    throw new LockstepError('DATA_MISSING', 'the data file cannot be read', {
      where: { file },
      got: cause.code,
      cause,
    });
  }
  if (!file.endsWith('.gz')) return bytes;
  try {
    return gunzipSync(bytes);
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
