import { styleText } from 'node:util';
import { CommanderError } from 'commander';
import { makeProgram } from './program.ts';

/** Exit code of a command line that cannot be understood. */
const usageError = 2;

async function report(error: unknown): Promise<number> {
  // A command that fails by one has loaded it long before.
  const { LockstepError } = await import('@lockstep/core');
  const { ownFrames } = await import('./runFileError.ts');
  const label = styleText('red', 'error', { stream: process.stderr });
  if (!(error instanceof LockstepError)) {
    process.stderr.write(`${label}: ${error instanceof Error ? error.stack : String(error)}\n`);
    return 1;
  }
  process.stderr.write(`${label} ${error.code}: ${error.message}\n`);
  // Somebody else's error says more than ours about code that is not ours.
  if (error.code === 'RUN_FILE_INVALID' && error.cause instanceof Error)
    for (const line of ownFrames(error.cause.stack ?? '')) process.stderr.write(`${line}\n`);
  return error.exitCode;
}

/**
 * Runs one command.
 *
 * @param args - without node and script: `['train', 'run.ts', '--epochs', '5']`
 * @returns the exit code: 0 done, 1 internal error, 2 usage or run file, 3 data or file, 4 diverged, 5 worker lost,
 * 130 interrupted, 141 nobody reads the output, 143 asked to end
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  // `train`, or `help train`.
  const named = args.slice(0, 2);
  const program = await makeProgram({
    isNeeded: ({ name }) => named.includes(name),
    setExitCode: (code) => {
      exitCode = code;
    },
  });
  program.hook('preAction', async () => {
    // The flags are the whole process's, and hold for what is compiled after them.
    const { setWasmFlags } = await import('@lockstep/core/node');
    setWasmFlags();
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has printed what there is to say; asking for help is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageError;
    return await report(error);
  }
}
