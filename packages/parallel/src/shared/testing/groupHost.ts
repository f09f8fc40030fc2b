import { AbortGroup, encodeAbort } from '../abort.ts';
import { ChangeWait } from '../changeWait.ts';
import { LookForFinish, PostCommand } from '../commands.ts';
import { abortBit, rankSlots, slots } from '../layout.ts';
import { aborted, type Machine, pending, running } from '../machine.ts';
import { LookForAcknowledgements } from '../recovery.ts';
import type { Words } from '../words.ts';
import { type GroupParts, groupCommands, Idle, realParts } from './groupParts.ts';

/** No word of the protocol: a bit for each rank of whose exit the host's thread has yet to hear. */
export const exitEvents = 200_000;

/** A rank that dies: at once, or after it has aborted the group because it failed. Then the host's thread hears of its exit. */
export class Death implements Machine {
  at: number;
  readonly rank: number;
  readonly failing: AbortGroup;

  constructor(rank: number, fails: boolean) {
    this.rank = rank;
    this.at = fails ? 0 : 1;
    this.failing = new AbortGroup(encodeAbort({ reason: 'failed', rank }));
  }

  step(words: Words): number {
    if (this.at === 0) {
      if (this.failing.step(words) !== running) this.at = 1;
      return running;
    }
    if (this.at === 1) {
      words.or(exitEvents, 1 << this.rank);
      this.at = 2;
      return running;
    }
    // An event wakes the thread whatever it sleeps on.
    words.add(slots.bell, 1);
    words.notify(slots.bell);
    return 0;
  }
}

/** What the host's thread does about exits between two things that it does in one go: `HostControl.exited`. */
class HearExits implements Machine {
  heard = -1;
  aborting: Machine = new Idle();

  step(words: Words): number {
    if (this.heard < 0) this.heard = words.exchange(exitEvents, 0);
    else if (this.aborting instanceof Idle) {
      const rank = 31 - Math.clz32(this.heard);
      words.store(rankSlots(rank).exited, 1);
      this.aborting = new AbortGroup(encodeAbort({ reason: 'exited', rank }));
    } else if (this.aborting.step(words) !== running) {
      this.heard &= ~(1 << (31 - Math.clz32(this.heard)));
      this.aborting = new Idle();
    }
    return this.heard === 0 ? 0 : running;
  }
}

const hear = 0;
const post = 1;
const lookForFinish = 2;
const sleepForFinish = 3;
const hostAbort = 4;
const lookForAcknowledgements = 5;
const sleepForAcknowledgements = 6;
const reset = 7;
const restart = 8;
const over = 9;

/**
 * The host has commands done, by recovering and posting them again as often as it takes, and closes the group. It hears of
 * exits whenever its thread is free: before it sleeps, and before it posts.
 */
export class GroupHost implements Machine {
  at: number = hear;
  /** What comes after it has heard of exits. */
  next: number = post;
  now: Machine;
  outcome = -1;
  /** Commands that are done. */
  made = 0;
  /** Position of a rank that needs a new thread, or -1. */
  restarting = -1;
  commandNumber = 0;
  exited: readonly number[] = [];
  readonly sleep: ChangeWait = new ChangeWait(slots.bell);
  readonly size: number;
  readonly commands: number;
  readonly parts: readonly GroupParts[];

  constructor(size: number, commands: number, parts: readonly GroupParts[]) {
    this.size = size;
    this.commands = commands;
    this.parts = parts;
    this.now = new HearExits();
  }

  step(words: Words): number {
    this.restarting = -1;
    if (this.at === restart) return this.restart();
    const asleep = this.at === sleepForFinish || this.at === sleepForAcknowledgements;
    const now = asleep ? this.sleep : this.now;
    const result = now.step(words);
    if (result === running) return running;
    switch (this.at) {
      case hear:
        return this.go(
          this.next,
          this.next === post
            ? new PostCommand({ kind: groupCommands.train, from: 0, to: 0, argument: 0 })
            : new Idle(),
        );
      case post:
      case sleepForFinish:
        return this.go(lookForFinish, new LookForFinish(words.load(slots.command) & ~abortBit, this.size));
      case lookForFinish:
        if (result === aborted)
          return this.go(hostAbort, new AbortGroup(encodeAbort({ reason: 'cancelled', rank: 0 })));
        if (result === pending) return this.sleepOn(now, sleepForFinish);
        this.outcome = result;
        this.made += 1;
        if (this.made < this.commands) return this.hearBefore(post);
        return this.go(over, new PostCommand({ kind: groupCommands.close, from: 0, to: 0, argument: 0 }));
      case hostAbort:
      case sleepForAcknowledgements:
        return this.go(lookForAcknowledgements, new LookForAcknowledgements(this.size));
      case lookForAcknowledgements:
        if (result === pending) return this.sleepOn(now, sleepForAcknowledgements);
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
    if (rank === undefined) return this.hearBefore(post);
    this.restarting = rank;
    this.exited = this.exited.slice(1);
    return running;
  }

  private hearBefore(next: number): number {
    this.next = next;
    return this.go(hear, new HearExits());
  }

  private go(at: number, now: Machine): number {
    this.at = at;
    this.now = now;
    return running;
  }

  private sleepOn(look: Machine, at: number): number {
    const bell = look instanceof LookForFinish || look instanceof LookForAcknowledgements ? look.bell : 0;
    this.sleep.begin(bell, 0, Number.POSITIVE_INFINITY);
    return this.hearBefore(at);
  }
}
