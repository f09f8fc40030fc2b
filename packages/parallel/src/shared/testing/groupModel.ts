import { encodeAbort } from '../abort.ts';
import { type Barrier, missingRanks } from '../barrier.ts';
import { AwaitCommand, FinishCommand, outcomes } from '../commands.ts';
import { rankSlots, requestBits, slots } from '../layout.ts';
import { aborted, expired, type Machine, running } from '../machine.ts';
import { AcknowledgeAbort } from '../recovery.ts';
import type { Words } from '../words.ts';
import { workSlot } from './barrierModel.ts';
import type { Model } from './explore.ts';
import { Death, exitEvents, GroupHost } from './groupHost.ts';
import { type GroupParts, groupCommands, Idle, realParts } from './groupParts.ts';

const awaitCommand = 0;
const work = 1;
const meet = 2;
const lookAround = 3;
const finish = 4;
const abort = 5;
const acknowledge = 6;

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

  get isAtWork(): boolean {
    return this.at === work || this.at === meet || this.at === lookAround;
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
        if (kind === groupCommands.close) return 0;
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

export interface GroupModelOptions {
  readonly size: number;
  /** Barriers in a command. */
  readonly rounds: number;
  /** Default 1. */
  readonly commands?: number;
  readonly kills?: number;
  /** Whether a rank that dies aborts the group itself before, as one that throws. Not between two commands. */
  readonly failing?: boolean;
  readonly timeouts?: number;
  readonly parts?: Partial<GroupParts>;
  /** More that goes on at the same time. */
  readonly others?: Readonly<Record<string, Machine>>;
  /** Whether the command has to have been stopped. */
  readonly outcome?: keyof typeof outcomes;
}

/** A host and its ranks, from the first command to the end, through every death. */
export function groupModel(options: GroupModelOptions): Model {
  const {
    size,
    rounds,
    commands = 1,
    kills = 0,
    failing = false,
    timeouts = 0,
    others = {},
    outcome = 'done',
  } = options;
  const parts = [{ ...realParts, ...options.parts }];
  const ranks = Array.from({ length: size }, (_, rank) => [
    `rank ${rank}`,
    new GroupRank(rank, size, rounds, 0, parts),
  ]);
  const arrived = Array.from({ length: size }, (_, rank) => rankSlots(rank).arrived);
  return {
    processes: { ...Object.fromEntries(ranks), host: new GroupHost(size, commands, parts), ...others },
    initial: new Map(arrived.map((slot) => [slot, -1])),
    kills,
    timeouts,
    own: new Set([
      slots.commandFrom,
      slots.commandTo,
      slots.commandArgument,
      ...(timeouts === 0 ? arrived : []),
      ...(kills === 0 ? [exitEvents] : []),
    ]),
    afterDeath: (machine) =>
      machine instanceof GroupRank ? new Death(machine.rank, failing && machine.isAtWork) : undefined,
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
