import { LockstepError, type LockstepErrorDetails } from '../errors.ts';

/**
 * What the steps of an engine reject with when too many of its workers are lost: it makes no more steps, but what it holds
 * is whole. Its variables are those after the first {@link made} steps of the row, whose results can be read.
 */
export class StepsLostError extends LockstepError {
  /** Steps of the row that was asked for. */
  readonly made: number;

  constructor(what: string, details: LockstepErrorDetails, made: number) {
    super('WORKER_LOST', what, details);
    this.made = made;
  }
}
