import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LockstepError, type Run, type RunSettings } from '@lockstep/core';
import { readCheckpoint, type StoredCheckpoint } from '@lockstep/core/node';
import { loadRunFile } from './loadRunFile.ts';
import { newestOf } from './resumeRun.ts';
import { checkpointsFolder, descriptionFile } from './runFolder.ts';

/** A run that was saved, with what it has come to. */
export interface SavedRun extends StoredCheckpoint {
  readonly run: Run;
  /** What the user should know. */
  readonly warnings: readonly string[];
}

function isSettings(value: unknown): value is RunSettings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The run file, and what flags changed of it, that `run.json` tells. */
function requestOf(description: string): {
  readonly runFile?: string;
  readonly changes: RunSettings;
} {
  if (!existsSync(description)) return { changes: {} };
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(description, 'utf8'));
  } catch (cause) {
    throw new LockstepError('BAD_JSON', 'the description of the run is damaged', {
      where: { file: description },
      got: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
  const { runFile, changes }: Record<string, unknown> =
    typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  return {
    ...(typeof runFile === 'string' && { runFile }),
    changes: isSettings(changes) ? changes : {},
  };
}

async function openStored(path: string): Promise<{ stored: StoredCheckpoint; warnings: readonly string[] }> {
  if (!existsSync(path))
    throw new LockstepError('DATA_MISSING', 'there is no such run or checkpoint', { where: { file: path } });
  if (statSync(path).isFile())
    return { stored: { file: path, checkpoint: await readCheckpoint(path) }, warnings: [] };
  const { stored, warnings } = await newestOf(path);
  if (!stored)
    throw new LockstepError('DATA_MISSING', 'the folder has no checkpoint that can be read', {
      where: { file: join(path, checkpointsFolder) },
      ...(warnings[0] !== undefined && { got: warnings[0] }),
    });
  return { stored, warnings };
}

/**
 * Opens a run that was saved: its newest checkpoint that is whole, or the one that is named, and the run of the run file that
 * it was trained with.
 *
 * @param path - of a run's folder, or of a checkpoint
 * @param runFile - in place of the one that `run.json` names
 * @throws LockstepError DATA_MISSING; CHECKPOINT_TRUNCATED, CHECKPOINT_CORRUPT or CHECKPOINT_NEWER; RUN_FILE_MISSING; OTHER_RUN
 * when the run file has changed since
 */
export async function openSavedRun(path: string, runFile?: string): Promise<SavedRun> {
  const { stored, warnings } = await openStored(path);
  const { file, checkpoint } = stored;
  const parent = dirname(file);
  const folder = basename(parent) === checkpointsFolder ? dirname(parent) : parent;
  const request = requestOf(join(folder, descriptionFile));
  const source = runFile ?? request.runFile;
  if (source === undefined)
    throw new LockstepError('RUN_FILE_MISSING', 'it is not known which run file the checkpoint is of', {
      where: { file },
      hint: 'Name it with --run.',
    });
  const run = await loadRunFile(source, request.changes);
  const { requireSameRun, restorePreprocessing } = await import('@lockstep/core/io');
  requireSameRun(checkpoint, run);
  return { file, checkpoint, run: restorePreprocessing(run, checkpoint), warnings };
}
