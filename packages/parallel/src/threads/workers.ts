import { availableParallelism } from 'node:os';
import { LockstepError } from '@lockstep/core/engine';

/** A number of threads, or `auto`: as many as there are cores and work for. */
export type Workers = number | 'auto';

/** What fits into a group's words is far more. */
const mostWorkers = 1024;

/** Cores that this process may use: those of its affinity mask, within the quota of its control group. */
export function cores(): number {
  return availableParallelism();
}

/**
 * How many threads to compile for, before it is known how much work there is.
 *
 * @throws LockstepError BAD_OPTION unless it is `auto` or an integer from 1 to 1024
 */
export function countWorkers(workers: Workers): number {
  if (workers === 'auto') return Math.min(cores(), mostWorkers);
  if (!Number.isInteger(workers) || workers < 1 || workers > mostWorkers)
    throw new LockstepError('BAD_OPTION', 'a run cannot have this many workers', {
      where: { field: 'workers' },
      got: String(workers),
      wanted: `"auto" or an integer from 1 to ${mostWorkers}`,
    });
  return workers;
}
