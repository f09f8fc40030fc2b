import { LockstepError } from '../errors.ts';
import type { Checkpoint } from '../io/checkpoint.ts';
import type { DecodeOptions } from '../io/decodeCheckpoint.ts';
import type { CheckpointInspection } from '../io/inspectCheckpoint.ts';
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

/** What `decode` makes of a file; its errors name the file. */
function decodeFile<T>(file: string, decode: (source: ReturnType<typeof openFileSource>) => T): T {
  const source = openSource(file);
  try {
    return decode(source);
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

/**
 * Reads a checkpoint file.
 *
 * @throws LockstepError DATA_MISSING when it cannot be opened; CHECKPOINT_TRUNCATED, CHECKPOINT_CORRUPT or CHECKPOINT_NEWER
 */
export async function readCheckpoint(file: string, options: DecodeOptions = {}): Promise<Checkpoint> {
  // Protocol buffers take long to load, and a command that reads no checkpoint needs none.
  const { decodeCheckpoint } = await import('../io/decodeCheckpoint.ts');
  return decodeFile(file, (source) => decodeCheckpoint(source, options));
}

/**
 * Reads a checkpoint file and says what is in it.
 *
 * @throws LockstepError as {@link readCheckpoint}
 */
export async function inspectCheckpointFile(file: string): Promise<CheckpointInspection> {
  const { inspectCheckpoint } = await import('../io/inspectCheckpoint.ts');
  return decodeFile(file, inspectCheckpoint);
}
