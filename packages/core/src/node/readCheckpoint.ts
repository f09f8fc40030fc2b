import { LockstepError } from '../errors.ts';
import type { Checkpoint } from '../io/checkpoint.ts';
import type { DecodeOptions } from '../io/decodeCheckpoint.ts';
import { openFileSource } from './openFileSource.ts';

function openSource(file: string): ReturnType<typeof openFileSource> {
  try {
    return openFileSource(file);
  } catch (cause) {
    throw new LockstepError('DATA_MISSING', 'the checkpoint cannot be opened', {
      where: { file },
      got: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}

/**
 * Reads a checkpoint file.
 *
 * @throws LockstepError DATA_MISSING when it cannot be opened; CHECKPOINT_TRUNCATED, CHECKPOINT_CORRUPT or CHECKPOINT_NEWER
 */
export async function readCheckpoint(file: string, options: DecodeOptions = {}): Promise<Checkpoint> {
  // Protocol buffers take long to load, and a command that reads no checkpoint needs none.
  const { decodeCheckpoint } = await import('../io/decodeCheckpoint.ts');
  const source = openSource(file);
  try {
    return decodeCheckpoint(source, options);
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    const { code, what, got, wanted, hint, cause } = error;
    throw new LockstepError(code, what, {
      where: { file },
      ...(got !== undefined && { got }),
      ...(wanted !== undefined && { wanted }),
      ...(hint !== undefined && { hint }),
      ...(cause !== undefined && { cause }),
    });
  } finally {
    source.close();
  }
}
