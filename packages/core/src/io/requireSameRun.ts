import { LockstepError } from '../errors.ts';
import { numericsVersion } from '../numericsVersion.ts';
import type { Run } from '../train/defineRun.ts';
import type { Checkpoint } from './checkpoint.ts';
import { differentOption } from './differentOption.ts';

/**
 * Throws unless a run can go on from a checkpoint bit for bit: its options are those of the run that was saved, but for its
 * length and its name. Functions, such as a schedule, and the values of the data are not compared.
 *
 * @throws LockstepError OTHER_RUN, with the option
 */
export function requireSameRun({ numericsVersion: saved, configuration }: Checkpoint, run: Run): void {
  if (saved !== numericsVersion)
    throw new LockstepError('OTHER_RUN', 'the checkpoint is of a version whose runs have other bits', {
      where: { field: 'resume' },
      got: `numericsVersion ${saved}`,
      wanted: String(numericsVersion),
    });
  const different = differentOption(configuration, run);
  if (different)
    throw new LockstepError('OTHER_RUN', 'the checkpoint is of a run with other options', {
      where: { field: `run.${different.name}` },
      got: `${different.other ?? 'nothing'} in the checkpoint`,
      wanted: different.own,
      hint: 'Give the run file and the flags that the run was started with.',
    });
}
