import { AbortGroup } from '../abort.ts';
import { Barrier } from '../barrier.ts';
import type { Machine } from '../machine.ts';
import { AcknowledgeAbort, ResetGroup } from '../recovery.ts';

/** Kinds of commands in the model. */
export const groupCommands = { close: 0, train: 1 } as const;

/** The machines that a group is made of: what a mutant exchanges. */
export interface GroupParts {
  readonly barrier: (rank: number, size: number) => Barrier;
  readonly acknowledge: (rank: number, command: number) => AcknowledgeAbort;
  readonly abort: (why: number) => Machine;
  readonly reset: (exited: readonly number[]) => Machine;
}

/** Those of `RankControl`; they do not spin, and lose patience with the first sleep that is too long. */
export const realParts: GroupParts = {
  barrier: (rank, size) => new Barrier(rank, size, 0, 1),
  acknowledge: (rank) => new AcknowledgeAbort(rank),
  abort: (why) => new AbortGroup(why),
  reset: (exited) => new ResetGroup(exited),
};

/** What a process is in the middle of, if nothing. */
export class Idle implements Machine {
  step(): number {
    return 0;
  }
}
