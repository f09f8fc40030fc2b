import { describe, expect, it } from 'vitest';
import { createControlMemory } from './layout.ts';
import { type Machine, runToEnd } from './machine.ts';
import { exhausted, TakePiece, takeSteps } from './takePiece.ts';
import { explore } from './testing/explore.ts';
import { pieceModel } from './testing/pieceModel.ts';
import { SharedWords, type Words } from './words.ts';

const limit = 1_000_000;

/** Takes what it saw, whoever was there before. */
class TakesWithoutComparing extends TakePiece {
  override step(words: Words): number {
    if (this.at === takeSteps.look) return super.step(words);
    const owner = (this.rank + this.distance) % this.taken.length;
    words.store(this.taken[owner] ?? 0, this.seen + 1);
    this.at = takeSteps.look;
    return owner * this.pieces + this.pieces - (this.limit - this.seen);
  }
}

describe('every interleaving of ranks that take pieces', () => {
  it.each([
    { size: 1, phases: 3 },
    { size: 2, phases: 2 },
    { size: 2, phases: 3 },
    { size: 3, phases: 1 },
  ])('makes each piece once, before anyone is in the next phase: %o', (options) => {
    const { problem, ends } = explore(pieceModel(options), limit);
    expect(problem).toBeUndefined();
    expect(ends).toBeGreaterThan(0);
  });

  it('finds a piece that two have taken', () => {
    const makePieces = (rank: number, size: number): TakePiece => new TakesWithoutComparing(rank, size);
    const { problem } = explore(pieceModel({ size: 2, phases: 1, makePieces }), limit);
    expect(problem?.what).toBe('a piece was not made once in a phase');
  });
});

describe('one rank after another', () => {
  const drain = (pieces: Machine, words: Words): number[] => {
    const taken: number[] = [];
    for (let piece = runToEnd(pieces, words); piece !== exhausted; piece = runToEnd(pieces, words))
      taken.push(piece);
    return taken;
  };

  it('takes its own pieces first, then those that others have left', () => {
    const words = new SharedWords(createControlMemory(3, 0));
    const [first, second] = [new TakePiece(1, 3), new TakePiece(2, 3)];
    for (const pieces of [first, second]) pieces.enterPhase(2);
    expect(runToEnd(second, words)).toBe(4);
    expect(drain(first, words)).toEqual([2, 3, 5, 0, 1]);
    expect(drain(second, words)).toEqual([]);
    for (const pieces of [first, second]) pieces.enterPhase(1);
    expect(drain(second, words)).toEqual([2, 0, 1]);
  });
});
