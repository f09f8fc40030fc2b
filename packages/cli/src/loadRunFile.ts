import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  changeOptions,
  defineRun,
  LockstepError,
  nearestName,
  type Run,
  type RunSettings,
} from '@lockstep/core';
import { loadingError, noRunError } from './runFileError.ts';

function isRun(value: unknown): value is Run {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'run';
}

/** What a run file may be written in. */
const extensions: readonly string[] = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

const runFilesIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => extensions.includes(extname(name))) : [];

/** @throws LockstepError RUN_FILE_MISSING; RUN_FILE_INVALID for a folder, or a file that is no module */
function requireModule(file: string, path: string): void {
  if (!existsSync(path)) {
    const nearest = nearestName(basename(path), runFilesIn(dirname(path)));
    throw new LockstepError('RUN_FILE_MISSING', 'the run file does not exist', {
      where: { file },
      ...(nearest !== undefined && { hint: `Did you mean "${join(dirname(file), nearest)}"?` }),
    });
  }
  if (statSync(path).isDirectory()) {
    const files = runFilesIn(path);
    const first = files.find((name) => /^(?:train|run)\./.test(name)) ?? files[0];
    throw new LockstepError('RUN_FILE_INVALID', 'the run file is a folder', {
      where: { file },
      ...(first !== undefined && { hint: `Did you mean "${join(file, first)}"?` }),
    });
  }
  if (!extensions.includes(extname(path)))
    throw new LockstepError('RUN_FILE_INVALID', 'the run file is no module', {
      where: { file },
      got: extname(path) === '' ? 'a file without an extension' : `a file ${extname(path)}`,
      wanted: 'TypeScript or JavaScript whose default export is defineRun({...})',
      ...(/\.(?:csv|tsv|parquet|jsonl|npz)$/i.test(path) && {
        hint: 'Rows are read by a run file: data: readTable(...), readCsv(...); see docs/data.md.',
      }),
    });
}

/** Says at the end of the process that a run file still waits, if it does: nothing else keeps the process alive then. */
async function withoutHanging<T>(file: string, loading: Promise<T>): Promise<T> {
  const tell = (): void => {
    process.stderr.write(
      `error RUN_FILE_INVALID: the run file cannot be loaded (in ${file}): it awaits something that never comes\n`,
    );
    process.exitCode = 2;
  };
  process.once('exit', tell);
  try {
    return await loading;
  } finally {
    process.off('exit', tell);
  }
}

/** Makes a run again with settings of the command line. */
function changedRun({ options }: Run, settings: RunSettings): Run {
  try {
    return defineRun(changeOptions(options, settings));
  } catch (error) {
    if (!(error instanceof LockstepError) || error.hint !== undefined) throw error;
    const { code, what, where, got, wanted } = error;
    throw new LockstepError(code, what, {
      where,
      ...(got !== undefined && { got }),
      ...(wanted !== undefined && { wanted }),
      hint: `The command line sets ${Object.keys(settings).join(', ')}.`,
      cause: error,
    });
  }
}

/**
 * Imports a run file and makes its run, with some options changed.
 *
 * @param settings - values for options by their paths
 * @throws LockstepError RUN_FILE_MISSING; RUN_FILE_INVALID when it throws or exports no run; what the run file's own
 * reading of data and `defineRun` throw, with the line
 */
export async function loadRunFile(file: string, settings: RunSettings): Promise<Run> {
  const path = resolve(file);
  requireModule(file, path);
  let module: object;
  try {
    module = await withoutHanging(file, import(pathToFileURL(path).href));
  } catch (cause) {
    throw await loadingError(cause, { file, path });
  }
  const exported: unknown = 'default' in module ? module.default : undefined;
  if (!isRun(exported)) throw noRunError(exported, module, file);
  return Object.keys(settings).length === 0 ? exported : changedRun(exported, settings);
}
