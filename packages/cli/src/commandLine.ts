import { styleText } from 'node:util';
import { LockstepError } from '@lockstep/core';
import { Command, CommanderError } from 'commander';
import { commands } from './commands/index.ts';
import { version } from './version.ts';

/** Exit code of a command line that cannot be understood. */
const usageError = 2;

function report(error: unknown): number {
  const label = styleText('red', 'error', { stream: process.stderr });
  if (!(error instanceof LockstepError)) {
    process.stderr.write(`${label}: ${error instanceof Error ? error.stack : String(error)}\n`);
    return 1;
  }
  process.stderr.write(`${label} ${error.code}: ${error.message}\n`);
  // Somebody else's error says more than ours about code that is not ours.
  if (error.code === 'RUN_FILE_INVALID' && error.cause instanceof Error)
    process.stderr.write(`${error.cause.stack}\n`);
  return error.exitCode;
}

/**
 * Runs one command.
 *
 * @param args - without node and script: `['train', 'run.ts', '--epochs', '5']`
 * @returns the exit code: 0 done, 1 internal error, 2 usage or run file, 3 data or file, 4 diverged, 5 worker lost,
 * 130 interrupted, 143 asked to end
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('lockstep')
    .description('Data-parallel neural-network training with bit-identical results for any number of workers')
    .version(version())
    .showSuggestionAfterError()
    .exitOverride();
  for (const command of commands)
    program.addCommand(
      command((code) => {
        exitCode = code;
      }).copyInheritedSettings(program),
    );
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has printed what there is to say; asking for help is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageError;
    return report(error);
  }
}
