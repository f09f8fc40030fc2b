import type { CheckpointOptions, Run } from '@lockstep/core';
import type { Command } from 'commander';
import { addGroup } from './help.ts';
import { parsePositive, parsePositiveInteger } from './parseNumber.ts';

/** Flags that say how often a run is saved, and what is kept. */
export interface CheckpointFlags {
  readonly checkpointSteps?: number;
  readonly checkpointEpochs?: number;
  readonly checkpointMinutes?: number;
  readonly keepLast?: number;
  readonly keepBest?: true;
}

/** Gives a command the flags that say how often a run is saved. */
export function addCheckpointFlags(command: Command): Command {
  return addGroup(command, 'Checkpoints:', (group) =>
    group
      .option('--checkpoint-steps <n>', 'save the run after every so many steps', parsePositiveInteger)
      .option('--checkpoint-epochs <n>', 'save the run after every so many epochs', parsePositiveInteger)
      .option('--checkpoint-minutes <n>', 'save the run every so many minutes (default: 0.5)', parsePositive)
      .option('--keep-last <n>', 'newest checkpoints to keep (default: 3)', parsePositiveInteger)
      .option('--keep-best', 'keep the best of the checkpoints between two epochs too'),
  );
}

/** How a run is saved: as its file says, but for the flags. Flags for how often take the place of all that the file says of it. */
export function checkpointOptions({ checkpoint = {} }: Run, flags: CheckpointFlags): CheckpointOptions {
  const { checkpointSteps, checkpointEpochs, checkpointMinutes, keepLast, keepBest } = flags;
  const { everySteps: _steps, everyEpochs: _epochs, everyMinutes: _minutes, ...kept } = checkpoint;
  const isAsked = [checkpointSteps, checkpointEpochs, checkpointMinutes].some((each) => each !== undefined);
  return {
    ...(isAsked ? kept : checkpoint),
    ...(checkpointSteps === undefined ? {} : { everySteps: checkpointSteps }),
    ...(checkpointEpochs === undefined ? {} : { everyEpochs: checkpointEpochs }),
    ...(checkpointMinutes === undefined ? {} : { everyMinutes: checkpointMinutes }),
    ...(keepLast === undefined ? {} : { keepLast }),
    ...(keepBest === undefined ? {} : { keepBest }),
  };
}
