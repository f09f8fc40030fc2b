import { LockstepError, type LockstepErrorDetails } from '../errors.ts';
import type { RunState } from './runState.ts';
import type { StepsLostError } from './stepsLostError.ts';

/**
 * A run that lost too many workers, with the newest state that is whole: `fit` and `train` go on from it with `resume`, as
 * from any {@link RunState}. Its code is WORKER_LOST. A run that was lost before its first step has nothing to go on from, and fails with a
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

/** What a run fails with whose steps were lost, with its state after this step. */
export function runLost(
  { what, got, wanted, cause }: StepsLostError,
  state: RunState,
  step: number,
): RunLostError {
  const hint = `The state of the run after step ${step} is whole: it can be resumed.`;
  const details = {
    hint,
    cause,
    ...(got !== undefined && { got }),
    ...(wanted !== undefined && { wanted }),
  };
  return new RunLostError(what, details, state, step);
}
