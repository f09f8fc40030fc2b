import { StepsLostError } from '@lockstep/core/engine';

/** Threads that may be lost, if nobody says how many. */
export const defaultLosses = 3;

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

/** @param workers - of a mode in which they update the weights by themselves; a rank above is the server's */
export function updateWarning(loss: Loss, workers: number): string {
  const [who, what] =
    loss.rank < workers
      ? [`worker ${loss.rank}`, 'the steps it was in are made again']
      : ['the server', 'gradients that waited are computed again'];
  return `${who} was lost and has been replaced; ${what}, and what it had written of an update stays (${reasonOf(loss)})`;
}

/** @param made - steps of the row that the variables are those after */
export function tooManyLosses(losses: readonly Loss[], allowed: number, made: number): StepsLostError {
  const last = losses.at(-1);
  const got = `${losses.length} losses${last === undefined ? '' : `, the last of worker ${last.rank}: ${reasonOf(last)}`}`;
  return new StepsLostError(
    'workers were lost again and again',
    { got, wanted: `at most ${allowed}`, cause: last?.error },
    made,
  );
}
