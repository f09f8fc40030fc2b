import { LockstepError } from '@lockstep/core/engine';

/** A thread that is gone. */
export interface Loss {
  readonly rank: number;
  readonly error: unknown;
}

function reasonOf({ error }: Loss): string {
  return error instanceof Error ? error.message : String(error);
}

/** @param again - steps that have to be made a second time */
export function lossWarning(loss: Loss, again: number): string {
  return `worker ${loss.rank} was lost and has been replaced; ${again} steps are made again (${reasonOf(loss)})`;
}

export function tooManyLosses(losses: readonly Loss[], allowed: number): LockstepError {
  const last = losses.at(-1);
  return new LockstepError('WORKER_LOST', 'workers were lost again and again', {
    got: `${losses.length} losses${last === undefined ? '' : `, the last of worker ${last.rank}: ${reasonOf(last)}`}`,
    wanted: `at most ${allowed}`,
    cause: last?.error,
  });
}
