import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The last one there will be. */
export const clinicVersion = '13.0.0';

/** A program and its arguments. */
export interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
}

/** Where clinic is installed, as seen from a folder; undefined if it is not. */
function installedClinic(folder: string): string | undefined {
  try {
    return createRequire(join(folder, 'package.json')).resolve('clinic/bin.js');
  } catch {
    return undefined;
  }
}

/**
 * How clinic is called: that of the project in a folder, with this Node.js, or else npx, which downloads it once.
 *
 * @param tool - flame, doctor or bubbleprof
 * @param watched - arguments of Node.js for the process to watch
 */
export function clinicCommand(
  tool: string,
  watched: readonly string[],
  { folder, reports, open }: { readonly folder: string; readonly reports: string; readonly open: boolean },
): CommandLine {
  const installed = installedClinic(folder);
  const args = [tool, '--dest', reports, `--open=${open}`, '--', process.execPath, ...watched];
  return installed === undefined
    ? { program: 'npx', args: ['--yes', `clinic@${clinicVersion}`, ...args] }
    : { program: process.execPath, args: [installed, ...args] };
}
