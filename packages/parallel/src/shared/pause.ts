import { ChangeWait } from './changeWait.ts';
import { abortBit, holdUnit, rankSlots, slots } from './layout.ts';
import { aborted, type Machine, pending, running } from './machine.ts';
import type { Words } from './words.ts';

const readTicket = 0;
const showPaused = 1;
const countBell = 2;
const ringBell = 3;
const wait = 4;

/**
 * A rank that has been told to pause waits until the host lets go. Ends with 0 or `aborted`.
 *
 * It waits for the end of the pause that was published to it, by its ticket. A rank that only looked whether the group
 * is held could sleep through the end of this pause and into the next, which the others meet one barrier later: they
 * would wait for it there, and no pause would ever be complete.
 */
export class AwaitResume implements Machine {
  at: number = readTicket;
  ticket = 0;
  readonly pausedSlot: number;
  readonly waiting: ChangeWait = new ChangeWait(slots.hold);

  constructor(rank: number) {
    this.pausedSlot = rankSlots(rank).paused;
  }

  step(words: Words): number {
    switch (this.at) {
      // Stable: the next one is written at a barrier that this rank has to arrive at first.
      case readTicket:
        this.ticket = words.load(slots.pauseTicket);
        this.at = showPaused;
        return running;
      case showPaused:
        words.store(this.pausedSlot, this.ticket);
        this.at = countBell;
        return running;
      case countBell:
        words.add(slots.bell, 1);
        this.at = ringBell;
        return running;
      case ringBell:
        words.notify(slots.bell);
        this.waiting.begin(this.ticket, 0, Number.POSITIVE_INFINITY);
        this.at = wait;
        return running;
      default:
        if (this.waiting.step(words) === running) return running;
        return (this.waiting.value & abortBit) === 0 ? 0 : aborted;
    }
  }
}

const readHold = 0;
const turn = 1;
const wake = 2;

/** The host holds the group from the next step boundary on, or lets go of it. Ends with 0. */
export class SetHold implements Machine {
  at: number = readHold;
  readonly held: boolean;

  constructor(held: boolean) {
    this.held = held;
  }

  step(words: Words): number {
    switch (this.at) {
      case readHold:
        this.at = turn;
        return ((words.load(slots.hold) & holdUnit) !== 0) === this.held ? 0 : running;
      case turn:
        words.add(slots.hold, holdUnit);
        this.at = wake;
        return running;
      default:
        words.notify(slots.hold);
        return 0;
    }
  }
}

const readBell = 0;
const readTheHold = 1;
const readPaused = 2;

/**
 * The host, which holds the group, looks whether all ranks have paused. Ends with 0; with `aborted`; or with `pending`,
 * and is to look again once the bell is not `bell`.
 */
export class LookForPause implements Machine {
  bell = 0;
  at: number = readBell;
  rank = 0;
  hold = 0;
  readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  step(words: Words): number {
    const own = rankSlots(this.rank);
    switch (this.at) {
      case readBell:
        this.bell = words.load(slots.bell);
        this.at = readTheHold;
        return running;
      case readTheHold:
        this.hold = words.load(slots.hold);
        this.at = readPaused;
        return (this.hold & abortBit) === 0 ? running : aborted;
      default:
        if (words.load(own.paused) !== this.hold) return pending;
        this.rank += 1;
        return this.rank === this.size ? 0 : running;
    }
  }
}
