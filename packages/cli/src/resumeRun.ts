import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LockstepError, type Run } from '@lockstep/core';
import { CheckpointFolder, readCheckpoint, type StoredCheckpoint } from '@lockstep/core/node';
import { checkpointsFolder, descriptionFile } from './runFolder.ts';

/** Where a run is kept, and what it goes on from. */
export interface ResumedRun {
  /** Folder that the run goes on in; undefined: a new one. */
  readonly folder?: string;
  /** The folder holds this run, up to now. */
  readonly goesOn: boolean;
  /** Absent: the run starts at step 0. */
  readonly stored?: StoredCheckpoint;
  /** What the user should know. */
  readonly warnings: readonly string[];
}

export interface ResumeFlags {
  readonly out?: string;
  /** true: the run in the folder, or the newest one of this name. */
  readonly resume?: string | true;
}

const isRunFolder = (path: string): boolean => existsSync(join(path, descriptionFile));

/** The folder of the run of this name that was begun last. */
function newestRun({ name }: Run): string | undefined {
  if (!existsSync('runs')) return undefined;
  const prefix = `${name}-`;
  const stamped = readdirSync('runs').filter(
    (folder) => folder.startsWith(prefix) && /^\d{8}-\d{6}$/.test(folder.slice(prefix.length)),
  );
  const newest = stamped.sort().at(-1);
  return newest === undefined ? undefined : join('runs', newest);
}

/** The newest checkpoint of a run's folder that is whole, and what is wrong with those after it. */
export async function newestOf(folder: string): Promise<Pick<ResumedRun, 'stored' | 'warnings'>> {
  const { stored, refused } = await new CheckpointFolder(join(folder, checkpointsFolder)).newest();
  return {
    ...(stored && { stored }),
    warnings: refused.map((error) => `${error.message}; the checkpoint before it is used`),
  };
}

async function resumeFolder(folder: string): Promise<ResumedRun> {
  const { stored, warnings } = await newestOf(folder);
  const start = `there is no checkpoint to resume in ${folder}: the run starts at step 0`;
  return {
    folder,
    goesOn: true,
    ...(stored && { stored }),
    warnings: stored ? warnings : [...warnings, start],
  };
}

async function resumeFile(file: string): Promise<ResumedRun> {
  const checkpoint = await readCheckpoint(file);
  const folder = dirname(dirname(file));
  const isInRun = basename(dirname(file)) === checkpointsFolder && isRunFolder(folder);
  return {
    ...(isInRun && { folder }),
    goesOn: isInRun,
    stored: { file, checkpoint },
    warnings: [],
  };
}

/**
 * Finds what `--resume` and `--out` mean for a run.
 *
 * @throws LockstepError DATA_MISSING when the path to resume is not there; what
 * reading the checkpoint throws that is named
 */
export async function findResumed(run: Run, { out, resume }: ResumeFlags): Promise<ResumedRun> {
  if (resume === undefined) return { ...(out !== undefined && { folder: out }), goesOn: false, warnings: [] };
  const from = resume === true ? (out ?? newestRun(run)) : resume;
  if (from === undefined)
    return {
      goesOn: false,
      warnings: [`there is no run "${run.name}" to resume in runs: it starts at step 0`],
    };
  if (resume !== true && !existsSync(from))
    throw new LockstepError('DATA_MISSING', 'there is nothing to resume', {
      where: { field: '--resume', file: from },
      wanted: 'the folder of a run, or a checkpoint',
    });
  const isFile = existsSync(from) && statSync(from).isFile();
  const resumed = isFile ? await resumeFile(from) : await resumeFolder(from);
  if (out === undefined) return resumed;
  const goesOn = resumed.folder !== undefined && resolve(resumed.folder) === resolve(out);
  return { ...resumed, folder: out, goesOn };
}
