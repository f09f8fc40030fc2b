import { expired, type Machine, running } from './machine.ts';
import type { Words } from './words.ts';

/** The longest sleep in milliseconds. A wake-up that is lost, against all proof, costs no more. */
export const longestSleep = 500;

/** One look in so many, a power of 2, lets another thread have the core: it takes as long as twenty looks. */
const looksAtOnce = 16;

/** The steps of a {@link ChangeWait}. */
export const changeWaitSteps = { spin: 0, countIn: 1, sleep: 2, look: 3, countOut: 4, over: 5 } as const;

const { spin, countIn, sleep, look, countOut, over } = changeWaitSteps;

/**
 * Waits until a word is not what it was: looks at it a number of times, letting others have the core now and then, then
 * sleeps. Ends with 0 or `expired`.
 */
export class ChangeWait implements Machine {
  /** What the word became. */
  value = 0;
  /** Set by what lets it sleep: whether the time passed without a notification. */
  timedOut = false;
  at: number = over;
  readonly slot: number;
  expected = 0;
  spins = 0;
  /** Whole sleeps that may pass, without a notification, until the wait expires. */
  patience = 0;
  /** A word in which sleepers are counted, or -1. */
  readonly sleepers: number;
  result = 0;

  constructor(slot: number, sleepers = -1) {
    this.slot = slot;
    this.sleepers = sleepers;
  }

  /** To be called before the first step. */
  begin(expected: number, spins: number, patience: number): void {
    this.expected = expected;
    this.spins = spins;
    this.patience = patience;
    this.timedOut = false;
    this.result = 0;
    this.at = spins > 0 ? spin : this.sleepers < 0 ? sleep : countIn;
  }

  /** In a sleep, or just out of it. */
  get asleep(): boolean {
    return this.at === look;
  }

  get isOver(): boolean {
    return this.at === over;
  }

  step(words: Words): number {
    switch (this.at) {
      case spin:
        this.value = words.load(this.slot);
        if (this.value !== this.expected) return this.end(over);
        this.spins -= 1;
        if (this.spins % looksAtOnce === 0) words.yieldCore();
        if (this.spins <= 0) this.at = this.sleepers < 0 ? sleep : countIn;
        return running;
      case countIn:
        words.add(this.sleepers, 1);
        this.at = sleep;
        return running;
      case sleep:
        this.at = look;
        this.timedOut = words.wait(this.slot, this.expected, longestSleep);
        return running;
      case look:
        this.value = words.load(this.slot);
        if (this.value === this.expected) {
          if (this.timedOut) this.patience -= 1;
          this.at = sleep;
          if (this.patience > 0) return running;
          this.result = expired;
        }
        return this.end(this.sleepers < 0 ? over : countOut);
      case countOut:
        words.add(this.sleepers, -1);
        return this.end(over);
      default:
        return this.result;
    }
  }

  private end(at: number): number {
    this.at = at;
    return at === over ? this.result : running;
  }
}
