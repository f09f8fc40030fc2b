import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineRun, LockstepError, type Run, type RunOptions } from '@lockstep/core';

function isRun(value: unknown): value is Run {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'run';
}

/**
 * Imports a run file and makes its run, with some options changed.
 *
 * @throws LockstepError RUN_FILE_MISSING; RUN_FILE_INVALID when it throws or exports no run; what the run file's own
 * reading of data and `defineRun` throw
 */
export async function loadRunFile(file: string, changes: Partial<RunOptions>): Promise<Run> {
  const path = resolve(file);
  if (!existsSync(path))
    throw new LockstepError('RUN_FILE_MISSING', 'the run file does not exist', { where: { file } });
  let module: unknown;
  try {
    module = await import(pathToFileURL(path).href);
  } catch (cause) {
    if (cause instanceof LockstepError) throw cause;
    throw new LockstepError('RUN_FILE_INVALID', 'the run file cannot be loaded', {
      where: { file },
      got: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
  const exported =
    typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  if (!isRun(exported))
    throw new LockstepError('RUN_FILE_INVALID', 'the run file exports no run', {
      where: { file },
      got: exported === undefined ? 'no default export' : typeof exported,
      wanted: 'export default defineRun({...})',
    });
  return Object.keys(changes).length === 0 ? exported : defineRun({ ...exported.options, ...changes });
}
