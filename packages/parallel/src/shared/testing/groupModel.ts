import { AbortGroup, encodeAbort } from '../abort.ts';
import { Barrier, missingRanks } from '../barrier.ts';
import { ChangeWait } from '../changeWait.ts';
import { AwaitCommand, FinishCommand, LookForFinish, outcomes, PostCommand } from '../commands.ts';
import { abortBit, rankSlots, requestBits, slots } from '../layout.ts';
import { aborted, expired, type Machine, pending, running } from '../machine.ts';
import { AcknowledgeAbort, LookForAcknowledgements, ResetGroup } from '../recovery.ts';
import type { Words } from '../words.ts';
import { workSlot } from './barrierModel.ts';
import type { Model } from './explore.ts';

const close = 0;
const train = 1;

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

const awaitCommand = 0;
const work = 1;
const meet = 2;
const lookAround = 3;
const finish = 4;
const abort = 5;
const acknowledge = 6;

/** What a rank may make next, with nothing of its own. */
class Idle implements Machine {
  step(): number {
    return 0;
  }
}

/** The life of a rank as `RankControl` describes it, from command to command. */
class GroupRank implements Machine {
  at: number = awaitCommand;
  number: number;
  round = 0;
  result = 0;
  other = 0;
  violation = false;
  stopped = false;
  readonly await: AwaitCommand = new AwaitCommand();
  readonly barrier: Barrier;
  /** What it is in the middle of, besides. */
  now: Machine = new Idle();
  readonly rank: number;
  readonly size: number;
  readonly rounds: number;
  readonly parts: readonly GroupParts[];

  constructor(rank: number, size: number, rounds: number, after: number, parts: readonly GroupParts[]) {
    this.rank = rank;
    this.size = size;
    this.rounds = rounds;
    this.number = after;
    this.parts = parts;
    this.barrier = this.make.barrier(rank, size);
    this.await.begin(after);
  }

  private get make(): GroupParts {
    return this.parts[0] ?? realParts;
  }

  /** Which round of which command. */
  private get stamp(): number {
    return this.number * 16 + this.round;
  }

  step(words: Words): number {
    switch (this.at) {
      case awaitCommand: {
        const kind = this.await.step(words);
        if (kind === running) return running;
        if (kind === aborted) return this.leave();
        if (kind === close) return 0;
        this.number = this.await.number;
        this.round = 0;
        this.at = work;
        return running;
      }
      case work:
        this.round += 1;
        words.store(workSlot(this.rank), this.stamp);
        this.barrier.begin(true);
        this.at = meet;
        return running;
      case meet:
        return this.meet(words);
      case lookAround:
        if (words.load(workSlot(this.other)) < this.stamp) this.violation = true;
        this.other += 1;
        return this.other < this.size ? running : this.afterBarrier();
      case finish:
        if (this.now.step(words) === running) return running;
        this.at = awaitCommand;
        this.now = new Idle();
        this.await.begin(this.number);
        return running;
      case abort:
        return this.now.step(words) === running ? running : this.leave();
      default:
        if (this.now.step(words) === running) return running;
        if (this.now instanceof AcknowledgeAbort) this.number = this.now.command;
        this.at = awaitCommand;
        this.now = new Idle();
        this.await.begin(this.number);
        return running;
    }
  }

  private meet(words: Words): number {
    this.result = this.barrier.step(words);
    if (this.result === running) return running;
    // What is never read again would only make equal states look different.
    this.barrier.begin(true);
    this.barrier.generation = 0;
    if (this.result === aborted) return this.leave();
    if (this.result === expired) {
      const [missing] = missingRanks(words, this.size);
      this.now = this.make.abort(
        missing === undefined
          ? encodeAbort({ reason: 'cancelled', rank: this.rank })
          : encodeAbort({ reason: 'missing', rank: missing }),
      );
      this.at = abort;
      return running;
    }
    this.other = 0;
    this.at = lookAround;
    return running;
  }

  private afterBarrier(): number {
    const stop = (this.result & requestBits.stop) !== 0;
    if (!stop && this.round < this.rounds) this.at = work;
    else {
      this.now = new FinishCommand(this.rank, this.number, stop ? outcomes.stopped : outcomes.done);
      this.at = finish;
    }
    return running;
  }

  private leave(): number {
    this.now = this.make.acknowledge(this.rank, this.number);
    this.at = acknowledge;
    return running;
  }
}

/** What happens in the host, some time after a thread has died. */
class ExitReport implements Machine {
  shown = false;
  readonly exitedSlot: number;
  readonly aborting: AbortGroup;

  constructor(rank: number) {
    this.exitedSlot = rankSlots(rank).exited;
    this.aborting = new AbortGroup(encodeAbort({ reason: 'exited', rank }));
  }

  step(words: Words): number {
    if (this.shown) return this.ring(words);
    this.shown = true;
    words.store(this.exitedSlot, 1);
    return running;
  }

  /** Only the bell: the host itself aborts when it sees the exit, and not between two of its own accesses. */
  private ring(words: Words): number {
    words.add(slots.bell, 1);
    words.notify(slots.bell);
    return 0;
  }
}

const post = 0;
const lookForFinish = 1;
const sleepForFinish = 2;
const hostAbort = 3;
const lookForAcknowledgements = 4;
const sleepForAcknowledgements = 5;
const reset = 6;
const restart = 7;
const postClose = 8;

/** The host has a command done, by recovering and posting it again as often as it takes, and closes the group. */
class GroupHost implements Machine {
  at: number = post;
  now: Machine;
  outcome = -1;
  /** Position of a rank that needs a new thread, or -1. */
  restarting = -1;
  commandNumber = 0;
  exited: readonly number[] = [];
  readonly sleep: ChangeWait = new ChangeWait(slots.bell);
  readonly size: number;
  readonly parts: readonly GroupParts[];

  constructor(size: number, parts: readonly GroupParts[]) {
    this.size = size;
    this.parts = parts;
    this.now = new PostCommand({ kind: train, from: 0, to: 0, argument: 0 });
  }

  step(words: Words): number {
    this.restarting = -1;
    if (this.at === restart) return this.restart();
    const over = this.at === sleepForFinish || this.at === sleepForAcknowledgements ? this.sleep : this.now;
    const result = over.step(words);
    if (result === running) return running;
    switch (this.at) {
      case post:
      case sleepForFinish:
        return this.go(lookForFinish, new LookForFinish(words.load(slots.command) & ~abortBit, this.size));
      case lookForFinish:
        if (result === aborted)
          return this.go(hostAbort, new AbortGroup(encodeAbort({ reason: 'cancelled', rank: 0 })));
        if (result === pending) return this.sleepOn(over, sleepForFinish);
        this.outcome = result;
        return this.go(postClose, new PostCommand({ kind: close, from: 0, to: 0, argument: 0 }));
      case hostAbort:
      case sleepForAcknowledgements:
        return this.go(lookForAcknowledgements, new LookForAcknowledgements(this.size));
      case lookForAcknowledgements:
        if (result === pending) return this.sleepOn(over, sleepForAcknowledgements);
        this.exited = Array.from({ length: this.size }, (_, rank) => rank).filter(
          (rank) => words.load(rankSlots(rank).exited) !== 0,
        );
        return this.go(reset, (this.parts[0] ?? realParts).reset(this.exited));
      case reset:
        this.commandNumber = words.load(slots.command) & ~abortBit;
        this.at = restart;
        return running;
      default:
        return 0;
    }
  }

  private restart(): number {
    const [rank] = this.exited;
    if (rank === undefined)
      return this.go(post, new PostCommand({ kind: train, from: 0, to: 0, argument: 0 }));
    this.restarting = rank;
    this.exited = this.exited.slice(1);
    return running;
  }

  private go(at: number, now: Machine): number {
    this.at = at;
    this.now = now;
    return running;
  }

  private sleepOn(look: Machine, at: number): number {
    const bell = look instanceof LookForFinish || look instanceof LookForAcknowledgements ? look.bell : 0;
    this.sleep.begin(bell, 0, Number.POSITIVE_INFINITY);
    this.at = at;
    return running;
  }
}

export interface GroupModelOptions {
  readonly size: number;
  /** Barriers in a command. */
  readonly rounds: number;
  readonly kills?: number;
  readonly timeouts?: number;
  readonly parts?: Partial<GroupParts>;
  /** More that goes on at the same time. */
  readonly others?: Readonly<Record<string, Machine>>;
  /** Whether the command has to have been stopped. */
  readonly outcome?: keyof typeof outcomes;
}

/** A host and its ranks, from the first command to the end, through every death. */
export function groupModel(options: GroupModelOptions): Model {
  const { size, rounds, kills = 0, timeouts = 0, others = {}, outcome = 'done' } = options;
  const parts = [{ ...realParts, ...options.parts }];
  const ranks = Array.from({ length: size }, (_, rank) => [
    `rank ${rank}`,
    new GroupRank(rank, size, rounds, 0, parts),
  ]);
  const arrived = Array.from({ length: size }, (_, rank) => rankSlots(rank).arrived);
  return {
    processes: { ...Object.fromEntries(ranks), host: new GroupHost(size, parts), ...others },
    initial: new Map(arrived.map((slot) => [slot, -1])),
    kills,
    timeouts,
    own: new Set([
      slots.commandFrom,
      slots.commandTo,
      slots.commandArgument,
      ...(timeouts === 0 ? arrived : []),
    ]),
    afterDeath: (machine) => (machine instanceof GroupRank ? new ExitReport(machine.rank) : undefined),
    replaced: (machine) =>
      machine instanceof GroupHost && machine.restarting >= 0
        ? {
            position: machine.restarting,
            by: new GroupRank(machine.restarting, size, rounds, machine.commandNumber, parts),
          }
        : undefined,
    invariant: (machines, done) => {
      if (machines.some((machine) => machine instanceof GroupRank && machine.violation))
        return 'a rank passed before all had arrived';
      const host = machines.find((machine) => machine instanceof GroupHost);
      if (done && host?.outcome !== outcomes[outcome]) return `the command did not end as ${outcome}`;
      return undefined;
    },
  };
}
