import type { RunOptions } from '@lockstep/core';
import type { Command } from 'commander';
import { parseNumber } from './parseNumber.ts';

/** Flags that change what a run file says. */
export interface RunFlags {
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly lanes?: number;
  readonly lr?: number;
  readonly seed?: number;
}

/** Gives a command that trains to the end of a run the flag for where that is. */
export function addEpochsFlag(command: Command): Command {
  return command.option('--epochs <n>', 'times that every row is used', parseNumber);
}

/** Gives a command the flags that change which rows a step takes, and how. */
export function addBatchFlags(command: Command): Command {
  return command
    .option('--batch-size <n>', 'rows of a mini-batch', parseNumber)
    .option('--lanes <n>', 'parts that sums over a mini-batch are made in', parseNumber)
    .option('--seed <n>', 'decides everything that is random', parseNumber);
}

/** Gives a command the flags that change what a step does. */
export function addRunFlags(command: Command): Command {
  return addBatchFlags(command).option(
    '--lr <rate>',
    'learning rate, in place of the optimizer’s own',
    parseNumber,
  );
}

/** What the flags change of the run file. */
export function runChanges({ epochs, batchSize, lanes, lr, seed }: RunFlags): Partial<RunOptions> {
  return {
    ...(epochs === undefined ? {} : { epochs }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(lanes === undefined ? {} : { lanes }),
    ...(lr === undefined ? {} : { learningRate: lr }),
    ...(seed === undefined ? {} : { seed }),
  };
}
