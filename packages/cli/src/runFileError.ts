import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { LockstepError, nearestName } from '@lockstep/core';

/** A run file as it was named, and where it is. */
export interface RunFilePlace {
  readonly file: string;
  readonly path: string;
}

/** The line of a run file at which something was thrown, if it is on the way. */
function lineOf(path: string, stack: string): number | undefined {
  for (const place of [pathToFileURL(path).href, path]) {
    const [, after] = stack.split(`${place}:`, 2);
    const line = Number.parseInt(after ?? '', 10);
    if (!Number.isNaN(line)) return line;
  }
  return undefined;
}

/** Frames of Node.js, of the command line and of what it is made with. */
const isOurFrame = (line: string): boolean =>
  /^\s+at .*(?:\bnode:|\/commander\/)/.test(line) || line.includes(import.meta.dirname);

/** The stack of somebody's code, as lines without ours; none if it says no more than the message. */
export function ownFrames(stack: string): readonly string[] {
  const lines = stack.split('\n').filter((line) => !isOurFrame(line));
  return lines.length > 1 ? lines : [];
}

/** Where a module of JavaScript cannot be parsed; Node.js tells it of a program alone, not of what it imports. */
function syntaxPlace(path: string): string | undefined {
  const { stderr } = spawnSync(process.execPath, ['--check', path], { encoding: 'utf8' });
  const [place = ''] = stderr.split('\n\n');
  return place.includes(`${path}:`) ? place : undefined;
}

/** The name that was meant, if a run file imports one that its module does not have. */
async function importHint(message: string, from: string): Promise<string | undefined> {
  const [, specifier, name] = /module '(.+)' does not provide an export named '(.+)'/.exec(message) ?? [];
  if (specifier === undefined || name === undefined) return undefined;
  const module: object = await import(
    specifier.startsWith('.') ? new URL(specifier, pathToFileURL(from)).href : specifier
  );
  const nearest = nearestName(name, Object.keys(module));
  return nearest === undefined ? undefined : `Did you mean "${nearest}"?`;
}

function packageHint(code: unknown, message: string): string | undefined {
  if (code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  const [, name] = /Cannot find package '(.+?)'/.exec(message) ?? [];
  return name === undefined ? undefined : `Is it misspelt, or not installed? npm install ${name}`;
}

/** An error of a run file, or of what it imports, with its line. */
export async function loadingError(cause: unknown, { file, path }: RunFilePlace): Promise<unknown> {
  const stack = cause instanceof Error ? (cause.stack ?? '') : '';
  const line = lineOf(path, stack);
  const where = { file, ...(line !== undefined && { line }) };
  if (cause instanceof LockstepError) {
    if (cause.where.file !== undefined || line === undefined) return cause;
    const { code, what, got, wanted, hint } = cause;
    return new LockstepError(code, what, {
      where: { ...cause.where, ...where },
      ...(got !== undefined && { got }),
      ...(wanted !== undefined && { wanted }),
      ...(hint !== undefined && { hint }),
      cause,
    });
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const isSyntax = cause instanceof SyntaxError;
  const place = isSyntax && line === undefined ? syntaxPlace(path) : undefined;
  const placedLine = place === undefined ? line : lineOf(path, place);
  const hint =
    packageHint(code, message) ??
    (isSyntax ? await importHint(message, path).catch(() => undefined) : undefined);
  return new LockstepError('RUN_FILE_INVALID', 'the run file cannot be loaded', {
    where: { file, ...(placedLine !== undefined && { line: placedLine }) },
    got: message,
    ...(hint !== undefined && { hint }),
    cause: place === undefined ? cause : Object.assign(new Error(message), { stack: `${place}\n` }),
  });
}

const isRun = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'run';

/** What a module exports in place of a run, and how that is put right. */
function describeExport(exported: unknown, module: object): readonly [got: string, hint: string] {
  const named = Object.entries(module).find(([name, value]) => name !== 'default' && isRun(value));
  if (exported === undefined && named)
    return [
      `no default export, but a run named "${named[0]}"`,
      'Export it as the default: export default defineRun({...}).',
    ];
  if (exported === undefined)
    return ['no default export', 'The last line may miss it: export default defineRun({...}).'];
  if (typeof exported === 'function') return ['a function', 'Call it: export default makeRun().'];
  if (exported instanceof Promise) return ['a promise', 'Wait for it: export default await makeRun().'];
  if (Array.isArray(exported))
    return [`an array of ${exported.length}`, 'A run file is one run: use a file for each.'];
  if (typeof exported === 'object' && exported !== null && ('epochs' in exported || 'model' in exported))
    return ['the options of a run', 'Put defineRun around them: export default defineRun({...}).'];
  return [exported === null ? 'null' : typeof exported, 'Export what defineRun({...}) answers with.'];
}

/** The error for a module that exports no run. */
export function noRunError(exported: unknown, module: object, file: string): LockstepError {
  const [got, hint] = describeExport(exported, module);
  return new LockstepError('RUN_FILE_INVALID', 'the run file exports no run', {
    where: { file },
    got,
    wanted: 'export default defineRun({...})',
    hint,
  });
}
