import { availableParallelism, totalmem } from 'node:os';
import { LockstepError } from '@lockstep/core/engine';

/** A number of threads, or `auto`: as many as there are cores and work for. */
export type Workers = number | 'auto';

/** What fits into a group's words is far more. */
const mostWorkers = 1024;
/** Of a thread before it has made a step, mostly V8's: 34 MiB were measured, with 24 and with 64 of them. */
const threadBytes = 32 * 2 ** 20;

/** Memory that this process may use: the machine's, within the limit of its control group. */
function memoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** Cores that this process may use: those of its affinity mask, within the quota of its control group. */
export function cores(): number {
  return availableParallelism();
}

/**
 * How many threads to compile for, before it is known how much work there is.
 *
 * @param memory - that there is for them, in bytes
 * @throws LockstepError BAD_OPTION unless it is `auto` or an integer from 1 to 1024; MEMORY_LIMIT for more threads than could
 * ever be held
 */
export function countWorkers(workers: Workers, memory: number = memoryBytes()): number {
  if (workers === 'auto') return Math.min(cores(), mostWorkers);
  if (!Number.isInteger(workers) || workers < 1 || workers > mostWorkers)
    throw new LockstepError('BAD_OPTION', 'a run cannot have this many workers', {
      where: { field: 'workers' },
      got: String(workers),
      wanted: `"auto" or an integer from 1 to ${mostWorkers}`,
    });
  if (workers > 1 && workers * threadBytes > memory)
    throw new LockstepError('MEMORY_LIMIT', 'there is no memory for this many threads', {
      where: { field: 'workers' },
      got: `${workers}, which take ${workers * (threadBytes / 2 ** 20)} MiB before they make a step`,
      wanted: `at most ${Math.max(1, Math.floor(memory / threadBytes))}`,
      hint: 'Take "auto": more workers than cores make a run slower.',
    });
  return workers;
}
