import { rankSlots } from './layout.ts';
import { type Machine, running } from './machine.ts';
import type { Words } from './words.ts';

/** There is no piece left. */
export const exhausted = -5;

/** The steps of a {@link TakePiece}. */
export const takeSteps = { look: 0, take: 1 } as const;

/**
 * A rank takes a piece of its own share of a phase that nobody has taken, or else one of another rank's. Ends with its number,
 * counted over the shared pieces of all ranks, or with {@link exhausted}.
 *
 * The pieces of a share that are taken are counted on, from phase to phase, and never further than the phase has pieces: so
 * when a phase is over the count is known to all, and no one has to set it back. It is safe to compare it with a count
 * that is older, because nobody leaves the phase while one who looks has not arrived at its barrier.
 */
export class TakePiece implements Machine {
  at: number = takeSteps.look;
  /** Pieces of a share in this phase that anyone may make. */
  pieces = 0;
  /** What a share's count is when none is left. */
  limit = 0;
  /** How far from the rank's own share the search has come. */
  distance = 0;
  seen = 0;
  readonly rank: number;
  /** The word of each rank's share. */
  readonly taken: readonly number[];

  constructor(rank: number, size: number) {
    this.rank = rank;
    this.taken = Array.from({ length: size }, (_, owner) => rankSlots(owner).taken);
  }

  /** To be called after a command was received. */
  restart(): void {
    this.limit = 0;
  }

  /** To be called at the start of every phase. */
  enterPhase(pieces: number): void {
    this.pieces = pieces;
    this.limit = (this.limit + pieces) | 0;
    this.distance = 0;
    this.at = takeSteps.look;
  }

  step(words: Words): number {
    const size = this.taken.length;
    const owner = (this.rank + this.distance) % size;
    const taken = this.taken[owner] ?? 0;
    if (this.at === takeSteps.look) {
      this.seen = words.load(taken);
      if (this.seen !== this.limit) this.at = takeSteps.take;
      else {
        this.distance += 1;
        if (this.distance === size) return exhausted;
      }
      return running;
    }
    this.at = takeSteps.look;
    if (words.compareExchange(taken, this.seen, (this.seen + 1) | 0) !== this.seen) return running;
    return owner * this.pieces + this.pieces - ((this.limit - this.seen) | 0);
  }
}
