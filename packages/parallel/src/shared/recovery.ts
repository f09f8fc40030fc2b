import { ChangeWait } from './changeWait.ts';
import { abortBit, allRequestBits, generationUnit, nowhere, rankSlots, slots } from './layout.ts';
import { type Machine, pending, running } from './machine.ts';
import type { Words } from './words.ts';

const readIncarnation = 0;
const acknowledge = 1;
const countBell = 2;
const ringBell = 3;
const wait = 4;
const readLostCommand = 5;

/**
 * A rank that has left what it did because the group is aborted says so, and waits until the group has recovered. Ends
 * with 0. From the acknowledgement on it touches no shared memory, so the host may repair it.
 */
export class AcknowledgeAbort implements Machine {
  at: number = readIncarnation;
  incarnation = 0;
  /**
   * At the end: the newest command that is lost. The rank waits for one after it, even if it has never seen this one. Only
   * the host knows it, and not before it repairs the group: it may post a command, which is lost too, after the rank has
   * acknowledged.
   */
  command = 0;
  readonly acknowledgedSlot: number;
  readonly waiting: ChangeWait = new ChangeWait(slots.incarnation);

  constructor(rank: number) {
    this.acknowledgedSlot = rankSlots(rank).acknowledged;
  }

  step(words: Words): number {
    switch (this.at) {
      case readIncarnation:
        this.incarnation = words.load(slots.incarnation);
        this.at = acknowledge;
        return running;
      case acknowledge:
        words.store(this.acknowledgedSlot, this.incarnation + 1);
        this.at = countBell;
        return running;
      case countBell:
        words.add(slots.bell, 1);
        this.at = ringBell;
        return running;
      case ringBell:
        words.notify(slots.bell);
        this.waiting.begin(this.incarnation, 0, Number.POSITIVE_INFINITY);
        this.at = wait;
        return running;
      case wait:
        if (this.waiting.step(words) !== running) this.at = readLostCommand;
        return running;
      // Stable: the next recovery writes it after this rank has acknowledged once more.
      default:
        this.command = words.load(slots.lostCommand);
        return 0;
    }
  }
}

const readBell = 0;
const readTheIncarnation = 1;
const readExited = 2;
const readAcknowledged = 3;

/**
 * The host, which has aborted the group, looks whether every rank has acknowledged or exited. Ends with 0; or with
 * `pending`, and is to look again once the bell is not `bell`.
 */
export class LookForAcknowledgements implements Machine {
  bell = 0;
  at: number = readBell;
  /** When it ends with `pending`: the rank that is missing. */
  rank = 0;
  incarnation = 0;
  readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  step(words: Words): number {
    const own = rankSlots(this.rank);
    switch (this.at) {
      case readBell:
        this.bell = words.load(slots.bell);
        this.at = readTheIncarnation;
        return running;
      case readTheIncarnation:
        this.incarnation = words.load(slots.incarnation);
        this.at = readExited;
        return running;
      case readExited:
        if (words.load(own.exited) !== 0) return this.next();
        this.at = readAcknowledged;
        return running;
      default:
        return words.load(own.acknowledged) === this.incarnation + 1 ? this.next() : pending;
    }
  }

  private next(): number {
    this.rank += 1;
    this.at = readExited;
    return this.rank === this.size ? 0 : running;
  }
}

/** Bits of the generation's word that are not the generation. */
const notGeneration = abortBit | allRequestBits;

/**
 * The host repairs the words: as if all ranks were between two commands. To be run when {@link LookForAcknowledgements}
 * has ended with 0, before a thread for an exited rank is started. Ends with 0.
 */
export class ResetGroup implements Machine {
  at = 0;
  word = 0;
  readonly exited: readonly number[];

  /** @param exited - ranks that have exited */
  constructor(exited: readonly number[]) {
    this.exited = exited;
  }

  step(words: Words): number {
    const { at } = this;
    this.at += 1;
    switch (at) {
      case 0:
        words.store(slots.arrivals, 0);
        return running;
      // Some may have been killed asleep. None sleeps in the barrier now; a count that took in the sleepers of other
      // waits, who do sleep now, would be wrong for ever.
      case 1:
        words.store(slots.sleepers, 0);
        return running;
      case 2:
        this.word = words.load(slots.generation);
        return running;
      // Requests that were published with the newest generation may not have been heard by all.
      case 3:
        words.or(slots.requests, this.word & allRequestBits);
        return running;
      case 4:
        words.store(slots.generation, (this.word & ~notGeneration) + generationUnit);
        return running;
      case 5:
        this.word = words.load(slots.command);
        return running;
      case 6:
        words.store(slots.command, this.word & ~abortBit);
        return running;
      case 7:
        words.store(slots.lostCommand, this.word & ~abortBit);
        return running;
      case 8:
        words.store(slots.abort, 0);
        return running;
      // Last: it sets the survivors free.
      case 9:
        words.add(slots.incarnation, 1);
        return running;
      case 10:
        words.notify(slots.incarnation);
        return this.exited.length === 0 ? 0 : running;
      default: {
        const position = at - 11;
        const own = rankSlots(this.exited[position >> 1] ?? 0);
        if (position % 2 === 0) words.store(own.exited, 0);
        else words.store(own.arrived, nowhere);
        return position === 2 * this.exited.length - 1 ? 0 : running;
      }
    }
  }
}
