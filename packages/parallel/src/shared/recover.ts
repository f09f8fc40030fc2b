import { LockstepError } from '@lockstep/core';
import type { Abort } from './abort.ts';
import type { HostControl } from './hostControl.ts';

export interface RecoveryActions {
  /** Ends the thread of a rank that does not answer; its exit is reported through `HostControl.exited` as any other. */
  readonly terminate: (rank: number) => void;
  /** Starts a new thread for a rank, after command `HostControl.commandNumber`. */
  readonly restart: (rank: number) => void;
  /** Milliseconds that a rank has to acknowledge, and then to exit. Default 5,000. */
  readonly grace?: number;
}

/** What a recovery found. */
export interface Recovered {
  readonly abort: Abort;
  /** Ranks that have new threads. */
  readonly restarted: readonly number[];
}

/**
 * Brings an aborted group back to where all ranks wait for a command; its state machine:
 *
 * ```
 * working   --abort or exit-->                 aborting
 * aborting  --all acknowledged or exited-->    settled
 * aborting  --grace over-->                    terminating   (those who have not answered)
 * terminating --all acknowledged or exited-->  settled
 * terminating --grace over-->                  lost          (throws)
 * settled   --words reset, threads started-->  working
 * ```
 *
 * A rank that exits after it has acknowledged, or while its thread is starting, aborts the group anew.
 *
 * @throws LockstepError WORKER_LOST if a thread can be neither reached nor ended
 */
export async function recover(control: HostControl, actions: RecoveryActions): Promise<Recovered> {
  const { terminate, restart, grace = 5000 } = actions;
  // Once more: the rank that aborted may have been killed before it had woken everybody.
  control.abort({ reason: 'cancelled', rank: 0 });
  const abort = control.abortedBecause();
  if (!(await control.settled(grace))) {
    for (const rank of control.unsettled()) terminate(rank);
    if (!(await control.settled(grace)))
      throw new LockstepError('WORKER_LOST', 'a worker neither answers nor ends', {
        got: `no sign of rank ${control.unsettled().join(', ')} for ${2 * grace} ms`,
      });
  }
  const restarted = control.reset();
  for (const rank of restarted) restart(rank);
  return { abort, restarted };
}
