import { LockstepError, type LockstepErrorDetails } from '../errors.ts';
import type { RunState } from './runState.ts';

/**
 * A run that lost too many workers, with the newest state that is whole: `fit` and `train` go on from it with `resume`, bit
 * for bit. Its code is WORKER_LOST. A run that was lost before its first step has nothing to go on from, and fails with a
 * plain {@link LockstepError}.
 */
export class RunLostError extends LockstepError {
  readonly state: RunState;
  /** Training steps that were made when the state was as it is. */
  readonly step: number;

  constructor(what: string, details: LockstepErrorDetails, state: RunState, step: number) {
    super('WORKER_LOST', what, details);
    this.state = state;
    this.step = step;
  }
}
