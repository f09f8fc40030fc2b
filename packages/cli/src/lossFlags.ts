import type { FailureOptions } from '@lockstep/parallel';
import type { Command } from 'commander';
import { addGroup } from './help.ts';
import { parseCount, parseNonNegative, parsePositive } from './parseNumber.ts';

/** Flags that say what is done when a worker is lost. */
export interface LossFlags {
  readonly maxLosses?: number;
  readonly hangSeconds?: number;
  readonly copySeconds?: number;
}

/** Gives a command the flags that say what is done when a worker is lost. */
export function addLossFlags(command: Command): Command {
  return addGroup(command, 'Lost workers:', (group) =>
    group
      .option(
        '--max-losses <n>',
        'threads that may be lost and replaced; one more ends the run (default: 3)',
        parseCount,
      )
      .option(
        '--hang-seconds <s>',
        'time without any progress after which a thread counts as lost (default: 30)',
        parsePositive,
      )
      .option(
        '--copy-seconds <s>',
        'sync, local: time between copies of the variables, from which lost steps are made again (default: 5)',
        parseNonNegative,
      ),
  );
}

/** What the flags change of how threads are watched. */
export function lossOptions({
  maxLosses,
  hangSeconds,
  copySeconds,
}: LossFlags): Omit<FailureOptions, 'onWarning' | 'chaos'> {
  return {
    ...(maxLosses === undefined ? {} : { maxLosses }),
    ...(hangSeconds === undefined ? {} : { hangSeconds }),
    ...(copySeconds === undefined ? {} : { copySeconds }),
  };
}
