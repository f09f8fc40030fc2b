import { Barrier } from '../barrier.ts';
import { ChangeWait } from '../changeWait.ts';
import { FinishCommand, LookForFinish, outcomes } from '../commands.ts';
import { requestBits, slots } from '../layout.ts';
import { type Machine, pending, running } from '../machine.ts';
import { AwaitResume, LookForPause, SetHold } from '../pause.ts';
import type { Words } from '../words.ts';
import type { Model } from './explore.ts';

const command = 2;

const meet = 0;
const pause = 1;
const finish = 2;

/** A rank that goes from boundary to boundary and pauses when told to. */
class PausingRank implements Machine {
  at: number = meet;
  round = 1;
  readonly barrier: Barrier;
  now: Machine;
  readonly rank: number;
  readonly rounds: number;
  readonly makeResume: readonly ((rank: number) => Machine)[];

  constructor(rank: number, size: number, rounds: number, makeResume: (rank: number) => Machine) {
    this.rank = rank;
    this.rounds = rounds;
    this.makeResume = [makeResume];
    this.barrier = new Barrier(rank, size, 0, Number.POSITIVE_INFINITY);
    this.now = this.barrier;
    this.barrier.begin(true);
  }

  get resting(): boolean {
    return this.at === pause;
  }

  step(words: Words): number {
    const result = this.at === meet ? this.barrier.step(words) : this.now.step(words);
    if (result === running) return running;
    const [makeResume] = this.makeResume;
    if (this.at === finish) return 0;
    if (this.at === meet && (result & requestBits.pause) !== 0 && makeResume) {
      this.at = pause;
      this.now = makeResume(this.rank);
    } else if (this.round === this.rounds) {
      this.at = finish;
      this.now = new FinishCommand(this.rank, command, outcomes.done);
    } else {
      this.round += 1;
      this.at = meet;
      this.now = this.barrier;
      this.barrier.begin(true);
    }
    return running;
  }
}

const hold = 0;
const lookForPause = 1;
const lookForFinish = 2;
const sleep = 3;
const rest = 4;
const letGo = 5;

/** A host that pauses the group and lets go at once, then pauses it again, until all have paused. */
class Holder implements Machine {
  at: number = hold;
  now: Machine = new SetHold(true);
  bell = 0;
  hasty = true;
  readonly size: number;
  readonly sleep: ChangeWait = new ChangeWait(slots.bell);

  constructor(size: number) {
    this.size = size;
  }

  /** It has been told that all ranks have paused, and has not let go. */
  get atRest(): boolean {
    return this.at === rest;
  }

  step(words: Words): number {
    if (this.at === rest) {
      // An access, so that the others have a chance to move while they must not.
      words.load(slots.hold);
      return this.go(letGo, new SetHold(false));
    }
    const result = this.at === sleep ? this.sleep.step(words) : this.now.step(words);
    if (result === running) return running;
    switch (this.at) {
      case hold:
        return this.hasty
          ? this.go(letGo, new SetHold(false))
          : this.go(lookForPause, new LookForPause(this.size));
      case sleep:
        return this.go(lookForPause, new LookForPause(this.size));
      case lookForPause:
        this.bell = this.now instanceof LookForPause ? this.now.bell : 0;
        if (result !== pending) return this.go(rest, this.now);
        return this.go(lookForFinish, new LookForFinish(command, this.size));
      case lookForFinish:
        if (result !== pending) return this.go(letGo, new SetHold(false));
        this.sleep.begin(this.bell, 0, Number.POSITIVE_INFINITY);
        this.at = sleep;
        return running;
      default:
        if (!this.hasty) return 0;
        this.hasty = false;
        return this.go(hold, new SetHold(true));
    }
  }

  private go(at: number, now: Machine): number {
    this.at = at;
    this.now = now;
    return running;
  }
}

/** A group that is paused twice. */
export function pauseModel(
  size: number,
  rounds: number,
  makeResume: (rank: number) => Machine = (rank) => new AwaitResume(rank),
): Model {
  const ranks = Array.from({ length: size }, (_, rank) => [
    `rank ${rank}`,
    new PausingRank(rank, size, rounds, makeResume),
  ]);
  return {
    processes: { ...Object.fromEntries(ranks), host: new Holder(size) },
    invariant: (machines) => {
      const host = machines.find((machine) => machine instanceof Holder);
      const resting = machines.filter((machine) => machine instanceof PausingRank);
      if (host?.atRest !== true) return undefined;
      if (resting.some((rank) => !rank.resting)) return 'a rank works while the group is said to be paused';
      if (new Set(resting.map(({ round }) => round)).size > 1) return 'ranks paused at different steps';
      return undefined;
    },
  };
}
