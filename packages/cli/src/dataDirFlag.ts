import { resolve } from 'node:path';
import type { Command } from 'commander';

/**
 * Gives a command the flag for where data sets are. It stands for the environment variable LOCKSTEP_DATA, which `findData` of
 * `@lockstep/core/node` looks at, in this process, its threads and what it starts.
 */
export function addDataDirFlag(command: Command): Command {
  return command
    .option(
      '--data-dir <folder>',
      'where data sets are, each in a folder of its name (default: LOCKSTEP_DATA, else ~/.cache/lockstep/data)',
    )
    .hook('preAction', (_, action) => {
      const { dataDir } = action.opts<{ dataDir?: string }>();
      if (dataDir !== undefined) process.env['LOCKSTEP_DATA'] = resolve(dataDir);
    });
}
