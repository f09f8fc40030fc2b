import { jsonReporter } from './json.ts';
import { plainReporter } from './plain.ts';
import { quietReporter } from './quiet.ts';
import type { Reporter } from './reporter.ts';
import { terminalReporter } from './terminal.ts';

export type { Reporter } from './reporter.ts';

/** The reporter for the flags and for where the output goes. */
export function createReporter(flags: { readonly json?: true; readonly quiet?: true }): Reporter {
  const write = (text: string): void => {
    process.stdout.write(text);
  };
  if (flags.json) return jsonReporter(write);
  if (flags.quiet) return quietReporter(write);
  return process.stdout.isTTY ? terminalReporter(process.stdout) : plainReporter(write);
}
