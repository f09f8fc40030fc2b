import { existsSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { LockstepError } from '@lockstep/core';
import { checkpointsFolder, descriptionFile } from '../runFolder.ts';

/** What a path leads to. */
export type Subject = 'run-file' | 'run-folder' | 'checkpoint';

const moduleExtension = /^\.[cm]?[jt]s$/;

/**
 * What there is to inspect at a path. A file that is no module is taken for a checkpoint, whose reader says what is wrong with it.
 *
 * @throws LockstepError DATA_MISSING when there is nothing, or a folder that is not that of a run
 */
export function subjectOf(path: string): Subject {
  const isModule = moduleExtension.test(extname(path));
  if (!existsSync(path)) {
    // Who loads run files knows which other one may be meant.
    if (isModule) return 'run-file';
    throw new LockstepError('DATA_MISSING', 'there is nothing to inspect', {
      where: { file: path },
      wanted: 'a run file, the folder of a run, or a checkpoint',
    });
  }
  if (statSync(path).isFile()) return isModule ? 'run-file' : 'checkpoint';
  if (existsSync(join(path, descriptionFile)) || existsSync(join(path, checkpointsFolder)))
    return 'run-folder';
  throw new LockstepError('DATA_MISSING', 'the folder is not that of a run', {
    where: { file: path },
    wanted: `${descriptionFile} or ${checkpointsFolder} in it`,
  });
}
