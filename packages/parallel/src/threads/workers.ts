import { availableParallelism } from 'node:os';
import { LockstepError } from '@lockstep/core/engine';

/** A number of threads, or `auto`: as many as the process may use cores, if there is work for them. */
export type Workers = number | 'auto';

/** @throws LockstepError BAD_OPTION unless it is `auto` or an integer from 1 to 1024 */
export function requireWorkers(workers: Workers): void {
  if (workers !== 'auto' && (!Number.isInteger(workers) || workers < 1 || workers > 1024))
    throw new LockstepError('BAD_OPTION', 'a run cannot have this many workers', {
      where: { field: 'workers' },
      got: String(workers),
      wanted: '"auto" or an integer from 1 to 1024',
    });
}

/** Cores that this process may use: those of its CPU affinity, within the limit of its control group. */
export const cores = (): number => availableParallelism();
