import { jsonReporter } from './json.ts';
import { plainReporter } from './plain.ts';
import { quietReporter } from './quiet.ts';
import type { Reporter } from './reporter.ts';

export type { Reporter } from './reporter.ts';

/** The reporter for the flags and for where the output goes. A terminal that can do nothing (`TERM=dumb`) is like a pipe. */
export async function createReporter(flags: {
  readonly json?: true;
  readonly quiet?: true;
}): Promise<Reporter> {
  const { stdout } = process;
  const write = (text: string): void => {
    stdout.write(text);
  };
  if (flags.json) return jsonReporter(write);
  if (flags.quiet) return quietReporter(write, (text) => void process.stderr.write(text));
  if (!stdout.isTTY || process.env['TERM'] === 'dumb') return plainReporter(stdout);
  const { terminalReporter } = await import('./terminal.ts');
  return terminalReporter(stdout);
}
