import { LockstepError } from '@lockstep/core';
import type { Workers } from '@lockstep/parallel';

/**
 * How many workers a run has that may be a replay: those of the record.
 *
 * @param recorded - undefined: the run is no replay
 * @throws LockstepError BAD_OPTION when another number is asked for
 */
export function replayWorkers(asked: Workers, recorded: Workers | undefined): Workers {
  if (recorded === undefined) return asked;
  if (asked === 'auto' || asked === recorded) return recorded;
  throw new LockstepError('BAD_OPTION', 'a replay has the workers of its record', {
    where: { field: '--workers' },
    got: String(asked),
    wanted: String(recorded),
    hint: 'Leave --workers out: the record says how many there are.',
  });
}
