import { abortBit, slots } from './layout.ts';
import { type Machine, running } from './machine.ts';
import type { Words } from './words.ts';

/** Why a group was aborted; a rank belongs to each. */
export const abortReasons = {
  /** The rank threw. */
  failed: 1,
  /** The rank's thread exited. */
  exited: 2,
  /** The rank did not come to a barrier in time. */
  missing: 3,
  /** The host wants all ranks to leave what they do; the rank says nothing. */
  cancelled: 4,
} as const;

export type AbortReason = keyof typeof abortReasons;

export interface Abort {
  readonly reason: AbortReason;
  readonly rank: number;
}

const reasonLimit = 256;

export function encodeAbort({ reason, rank }: Abort): number {
  return abortReasons[reason] + reasonLimit * rank;
}

/** What the abort word says; undefined if the group is not aborted. */
export function decodeAbort(word: number): Abort | undefined {
  const code = word % reasonLimit;
  for (const reason of Object.keys(abortReasons) as AbortReason[])
    if (abortReasons[reason] === code) return { reason, rank: Math.trunc(word / reasonLimit) };
  return undefined;
}

/** The words that ranks sleep on while the group works. */
const watched = [slots.generation, slots.command] as const;

const claim = 0;
const firstWatched = 1;
const countBell = firstWatched + 2 * watched.length;
const ringBell = countBell + 1;

/**
 * Aborts the group: every rank that waits leaves, and every rank that is about to wait does not. Ends with 0.
 *
 * Of several aborts at once the first gives the reason; all set all bits and wake everybody, because the first may be
 * killed half-way.
 */
export class AbortGroup implements Machine {
  at: number = claim;
  readonly why: number;

  /** @param why - from {@link encodeAbort} */
  constructor(why: number) {
    this.why = why;
  }

  step(words: Words): number {
    const { at } = this;
    this.at += 1;
    if (at === claim) words.compareExchange(slots.abort, 0, this.why);
    else if (at === countBell) words.add(slots.bell, 1);
    else if (at === ringBell) words.notify(slots.bell);
    else {
      const slot = watched[(at - firstWatched) >> 1] ?? slots.generation;
      if ((at - firstWatched) % 2 === 0) words.or(slot, abortBit);
      else words.notify(slot);
    }
    return at === ringBell ? 0 : running;
  }
}
