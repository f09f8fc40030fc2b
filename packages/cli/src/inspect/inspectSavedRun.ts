import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LockstepError } from '@lockstep/core';
import type { CheckpointInspection, RunDescription } from '@lockstep/core/io';
import { inspectCheckpointFile, readCheckpoint } from '@lockstep/core/node';
import { checkpointsFolder, descriptionFile } from '../runFolder.ts';
import { checkpointLines, folderLines } from './checkpointLines.ts';

/** A file in a folder of checkpoints. */
export interface CheckpointFile {
  readonly file: string;
  readonly bytes: number;
  /** Why it cannot be read; absent if all of it is as it was written. */
  readonly error?: LockstepError;
}

/** What is in the folder of a run, apart from what its checkpoints hold. */
export interface SavedFolder {
  readonly path: string;
  /** `run.json`; absent if there is none. */
  readonly description?: RunDescription;
  /** Newest first. */
  readonly checkpoints: readonly CheckpointFile[];
}

/** @throws LockstepError BAD_JSON when the description is damaged */
function describedBy(file: string): RunDescription | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const isObject = (value: unknown): value is RunDescription =>
      typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject(parsed)) throw new SyntaxError('no object');
    return parsed;
  } catch (cause) {
    throw new LockstepError('BAD_JSON', 'the description of the run is damaged', {
      where: { file },
      got: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}

async function judge(file: string): Promise<CheckpointFile> {
  const { size: bytes } = statSync(file);
  try {
    await readCheckpoint(file, { values: 'check' });
    return { file, bytes };
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    return { file, bytes, error };
  }
}

async function openFolder(path: string): Promise<SavedFolder> {
  const folder = join(path, checkpointsFolder);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^step-\d+\.ckpt$/.test(name)) : [];
  const checkpoints: CheckpointFile[] = [];
  for (const name of names.sort().reverse()) checkpoints.push(await judge(join(folder, name)));
  const description = describedBy(join(path, descriptionFile));
  return { path, ...(description && { description }), checkpoints };
}

/** What a checkpoint holds, as one JSON object, without the values of its tensors. */
function checkpointObject(file: string, inspection: CheckpointInspection): object {
  const { formatVersion, bytes, checkpoint, tensors, weightsHash } = inspection;
  const { numericsVersion, name, seed, configuration, preprocessing, state, done } = checkpoint;
  const { best, ...loop } = state.loop;
  return {
    file,
    bytes,
    formatVersion,
    numericsVersion,
    name,
    seed,
    mode: state.mode ?? null,
    step: loop.stepsMade,
    epoch: loop.history.length,
    loop: { ...loop, ...(best && { bestEpoch: best.epoch }) },
    done: done ?? null,
    weightsHash,
    tensors,
    configuration,
    preprocessing,
  };
}

/**
 * What a checkpoint holds, as text or as one JSON object.
 *
 * @throws LockstepError DATA_MISSING, CHECKPOINT_TRUNCATED, CHECKPOINT_CORRUPT or CHECKPOINT_NEWER
 */
export async function inspectCheckpointAt(file: string, json: boolean): Promise<string> {
  const inspection = await inspectCheckpointFile(file);
  if (json)
    return `${JSON.stringify({ type: 'inspection', of: 'checkpoint', ...checkpointObject(file, inspection) })}\n`;
  const parent = dirname(file);
  const folder = basename(parent) === checkpointsFolder ? dirname(parent) : undefined;
  const description = folder === undefined ? undefined : describedBy(join(folder, descriptionFile));
  return `${checkpointLines(file, inspection, description).join('\n')}\n`;
}

/**
 * What is in the folder of a run, and what its newest checkpoint holds that is whole, as text or as one JSON object.
 *
 * @param print - is given what is known, before an error too
 * @throws LockstepError that of the newest checkpoint, if none is whole; BAD_JSON
 */
export async function inspectRunFolder(
  path: string,
  json: boolean,
  print: (text: string) => void,
): Promise<void> {
  const folder = await openFolder(path);
  const { checkpoints, description } = folder;
  const newest = checkpoints.find(({ error }) => error === undefined);
  const inspection = newest && (await inspectCheckpointFile(newest.file));
  if (json) {
    const files = checkpoints.map(({ file, bytes, error }) => ({
      file,
      bytes,
      error: error === undefined ? null : { code: error.code, message: error.message },
    }));
    const checkpoint = newest && inspection ? checkpointObject(newest.file, inspection) : null;
    const object = {
      type: 'inspection',
      of: 'run-folder',
      path,
      run: description ?? null,
      checkpoints: files,
      checkpoint,
    };
    print(`${JSON.stringify(object)}\n`);
  } else {
    const held = newest && inspection ? ['', ...checkpointLines(newest.file, inspection)] : [];
    print(`${[...folderLines(folder), ...held].join('\n')}\n`);
  }
  const [damaged] = checkpoints;
  if (newest === undefined && damaged?.error !== undefined) throw damaged.error;
}
