import { ChangeWait } from './changeWait.ts';
import { abortBit, commandUnit, rankSlots, slots } from './layout.ts';
import { aborted, type Machine, pending, running } from './machine.ts';
import type { Words } from './words.ts';

/** What all ranks are to do. What the numbers mean is between the host and the ranks. */
export interface Command {
  /** From 0 to 2^31 - 1, as the other three. */
  readonly kind: number;
  readonly from: number;
  readonly to: number;
  readonly argument: number;
}

/** How a command ended. Where ranks differ the highest counts. */
export const outcomes = { done: 0, stopped: 1, diverged: 2 } as const;

export type Outcome = keyof typeof outcomes;

const storeKind = 0;
const storeFrom = 1;
const storeTo = 2;
const storeArgument = 3;
const announce = 4;

/** The host hands a command to all ranks. Ends with 0. All must have finished the one before, or be recovered from it. */
export class PostCommand implements Machine {
  at: number = storeKind;
  readonly kind: number;
  readonly from: number;
  readonly to: number;
  readonly argument: number;

  constructor({ kind, from, to, argument }: Command) {
    this.kind = kind;
    this.from = from;
    this.to = to;
    this.argument = argument;
  }

  step(words: Words): number {
    const { at } = this;
    this.at += 1;
    if (at === storeKind) words.store(slots.commandKind, this.kind);
    else if (at === storeFrom) words.store(slots.commandFrom, this.from);
    else if (at === storeTo) words.store(slots.commandTo, this.to);
    else if (at === storeArgument) words.store(slots.commandArgument, this.argument);
    // Adding, so that an abort bit survives; after the fields, so that who sees the number sees them.
    else if (at === announce) words.add(slots.command, commandUnit);
    else {
      words.notify(slots.command);
      return 0;
    }
    return running;
  }
}

/** A rank waits for the command after the one it knows. Ends with its kind or with `aborted`. */
export class AwaitCommand implements Machine {
  /** The command that is known, and after the end the new one. */
  number = 0;
  found = false;
  readonly waiting: ChangeWait = new ChangeWait(slots.command);

  /**
   * To be called before the first step.
   *
   * @param spins - how often to look before sleeping
   */
  begin(after: number, spins = 0): void {
    this.number = after;
    this.found = false;
    this.waiting.begin(after, spins, Number.POSITIVE_INFINITY);
  }

  step(words: Words): number {
    if (this.found) return words.load(slots.commandKind);
    if (this.waiting.step(words) === running) return running;
    if ((this.waiting.value & abortBit) !== 0) return aborted;
    this.number = this.waiting.value;
    this.found = true;
    return running;
  }
}

const storeOutcome = 0;
const storeFinished = 1;
const countBell = 2;

/** A rank tells the host that its share of a command is done. Ends with 0. */
export class FinishCommand implements Machine {
  at: number = storeOutcome;
  readonly outcomeSlot: number;
  readonly finishedSlot: number;
  readonly number: number;
  readonly outcome: number;

  constructor(rank: number, number: number, outcome: number) {
    const own = rankSlots(rank);
    this.outcomeSlot = own.outcome;
    this.finishedSlot = own.finished;
    this.number = number;
    this.outcome = outcome;
  }

  step(words: Words): number {
    const { at } = this;
    this.at += 1;
    if (at === storeOutcome) words.store(this.outcomeSlot, this.outcome);
    // The host reads weights and results after it has read this: all that the rank wrote before is there.
    else if (at === storeFinished) words.store(this.finishedSlot, this.number);
    else if (at === countBell) words.add(slots.bell, 1);
    else {
      words.notify(slots.bell);
      return 0;
    }
    return running;
  }
}

const readBell = 0;
const readAbort = 1;
const readExited = 2;
const readFinished = 3;
const readOutcome = 4;

/**
 * The host looks whether all ranks have finished a command. Ends with the outcome; with `aborted` if the group is, or if
 * a rank has exited; or with `pending`, and is to look again once the bell is not `bell`.
 */
export class LookForFinish implements Machine {
  /** Read first: what happens after it has been read rings it again. */
  bell = 0;
  at: number = readBell;
  rank = 0;
  outcome = 0;
  readonly number: number;
  readonly size: number;

  constructor(number: number, size: number) {
    this.number = number;
    this.size = size;
  }

  step(words: Words): number {
    const own = rankSlots(this.rank);
    switch (this.at) {
      case readBell:
        this.bell = words.load(slots.bell);
        this.at = readAbort;
        return running;
      case readAbort:
        this.at = readExited;
        return words.load(slots.abort) === 0 ? running : aborted;
      case readExited:
        this.at = readFinished;
        return words.load(own.exited) === 0 ? running : aborted;
      case readFinished:
        if (words.load(own.finished) !== this.number) return this.next(pending);
        this.at = readOutcome;
        return running;
      default:
        return this.next(words.load(own.outcome));
    }
  }

  /** To the next rank, also after one that has not finished: one that has exited may follow. */
  private next(outcome: number): number {
    this.outcome =
      outcome === pending || this.outcome === pending ? pending : Math.max(this.outcome, outcome);
    this.rank += 1;
    this.at = readExited;
    return this.rank === this.size ? this.outcome : running;
  }
}
