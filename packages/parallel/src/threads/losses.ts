import { StepsLostError } from '@lockstep/core/engine';

/** Threads that may be lost, if nobody says how many. */
export const defaultLosses = 3;

/** A thread that is gone. */
export interface Loss {
  readonly rank: number;
  readonly error: unknown;
}

/** @param workers - threads that compute gradients; a rank above is the server's, of the mode that has one */
function nameOf({ rank }: Loss, workers: number): string {
  return rank < workers ? `worker ${rank}` : 'the server';
}

function reasonOf({ error }: Loss): string {
  return error instanceof Error ? error.message : String(error);
}

/** @param again - steps that have to be made a second time */
export function lossWarning(loss: Loss, again: number): string {
  return `worker ${loss.rank} was lost and has been replaced; ${again} steps are made again (${reasonOf(loss)})`;
}

/** @param workers - of a mode in which they update the weights by themselves */
export function updateWarning(loss: Loss, workers: number): string {
  const what =
    loss.rank < workers ? 'the steps it was in are made again' : 'gradients that waited are computed again';
  return `${nameOf(loss, workers)} was lost and has been replaced; ${what}, and what it had written of an update stays (${reasonOf(loss)})`;
}

/** @param made - steps of the row that the variables are those after */
export function tooManyLosses(
  losses: readonly Loss[],
  workers: number,
  allowed: number,
  made: number,
): StepsLostError {
  const last = losses.at(-1);
  const got = `${losses.length} losses${last === undefined ? '' : `, the last of ${nameOf(last, workers)}: ${reasonOf(last)}`}`;
  return new StepsLostError(
    'workers were lost again and again',
    { got, wanted: `at most ${allowed}`, cause: last?.error },
    made,
  );
}
