import { Barrier } from '../barrier.ts';
import { type Machine, running } from '../machine.ts';
import { exhausted, TakePiece } from '../takePiece.ts';
import type { Words } from '../words.ts';
import type { Model } from './explore.ts';

/** How often a piece was made: words that are no part of the protocol. */
const madeSlot = (piece: number): number => 100_000 + piece;

const take = 0;
const make = 1;
const meet = 2;
const look = 3;

/** A rank that makes pieces until there are none, meets the others, and looks whether each was made once a phase. */
export class PieceRank implements Machine {
  at: number = take;
  phase = 1;
  piece = 0;
  violation = false;
  readonly pieces: TakePiece;
  readonly barrier: Barrier;
  readonly size: number;
  readonly phases: number;

  constructor(pieces: TakePiece, rank: number, size: number, phases: number) {
    this.pieces = pieces;
    this.barrier = new Barrier(rank, size, 0, Number.POSITIVE_INFINITY);
    this.size = size;
    this.phases = phases;
    this.pieces.enterPhase(piecesIn(1));
  }

  step(words: Words): number {
    switch (this.at) {
      case take: {
        const result = this.pieces.step(words);
        if (result === running) return running;
        this.piece = result === exhausted ? 0 : result;
        this.at = result === exhausted ? meet : make;
        if (result === exhausted) this.barrier.begin(false);
        return running;
      }
      case make:
        if (words.add(madeSlot(this.piece), 1) !== this.before(this.piece)) this.violation = true;
        this.at = take;
        return running;
      case meet:
        if (this.barrier.step(words) === running) return running;
        this.piece = 0;
        this.at = look;
        return running;
      default:
        // Others may be in the next phase, and only there.
        if (words.load(madeSlot(this.piece)) <= this.before(this.piece)) this.violation = true;
        this.piece += 1;
        if (this.piece < this.size * piecesIn(this.phase)) return running;
        if (this.phase === this.phases) return 0;
        this.phase += 1;
        this.piece = 0;
        this.pieces.enterPhase(piecesIn(this.phase));
        this.at = take;
        return running;
    }
  }

  /** How often a piece was made in the phases before this one. */
  private before(piece: number): number {
    let count = 0;
    for (let phase = 1; phase < this.phase; phase += 1) if (piece < this.size * piecesIn(phase)) count += 1;
    return count;
  }
}

/** Shared pieces of a share: another number in each phase. */
const piecesIn = (phase: number): number => 1 + (phase % 2);

export interface PieceModelOptions {
  readonly size: number;
  readonly phases: number;
  readonly makePieces?: (rank: number, size: number) => TakePiece;
}

/** Ranks that share phases. */
export function pieceModel({ size, phases, makePieces }: PieceModelOptions): Model {
  const make = makePieces ?? ((rank: number, count: number) => new TakePiece(rank, count));
  const ranks = Array.from({ length: size }, (_, rank) => [
    `rank ${rank}`,
    new PieceRank(make(rank, size), rank, size, phases),
  ]);
  return {
    processes: Object.fromEntries(ranks),
    invariant: (machines) =>
      machines.some((machine) => machine instanceof PieceRank && machine.violation)
        ? 'a piece was not made once in a phase'
        : undefined,
  };
}
