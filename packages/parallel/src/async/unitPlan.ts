import { SharedWords } from '../shared/words.ts';

/** What one step consists of, as numbers of the programs. */
export interface Unit {
  /** Makes the whole step; or, if `apply` is not -1, its gradient. */
  readonly program: number;
  readonly apply: number;
  /** In the tables of both. */
  readonly entry: number;
  /** Of the step, counted over all rows. */
  readonly number: number;
}

const wordsPerUnit = 7;
const number = 3;
const staleness = 4;
const worker = 5;
const made = 6;

/** A row of steps in shared memory: what they are, and what became of them. Ordered by the commands, as `StepPlan`. */
export class UnitPlan {
  readonly #words: Int32Array;
  readonly #shared: SharedWords;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
    this.#shared = new SharedWords(buffer);
  }

  /** Memory for so many steps. */
  static create(capacity: number): SharedArrayBuffer {
    return new SharedArrayBuffer(capacity * wordsPerUnit * Int32Array.BYTES_PER_ELEMENT);
  }

  get capacity(): number {
    return this.#words.length / wordsPerUnit;
  }

  write(units: readonly Unit[]): void {
    for (const [at, unit] of units.entries())
      this.#words.set([unit.program, unit.apply, unit.entry, unit.number, 0, -1, 0], at * wordsPerUnit);
  }

  program(at: number): number {
    return this.#words[at * wordsPerUnit] ?? -1;
  }

  apply(at: number): number {
    return this.#words[at * wordsPerUnit + 1] ?? -1;
  }

  entry(at: number): number {
    return this.#words[at * wordsPerUnit + 2] ?? -1;
  }

  /** What the step is called: of one that is made again after a loss, what it was called before. */
  number(at: number): number {
    return this.#words[at * wordsPerUnit + number] ?? -1;
  }

  /** A step is made: by whom, and how many updates of others came between its reading of the weights and its own. */
  finish(at: number, by: number, updatesBetween: number): void {
    this.#words[at * wordsPerUnit + staleness] = updatesBetween;
    this.#words[at * wordsPerUnit + worker] = by;
    // Releases what the step has written, the loss among it, for those who look while others are at work.
    this.#shared.store(at * wordsPerUnit + made, 1);
  }

  isMade(at: number): boolean {
    return this.#shared.load(at * wordsPerUnit + made) === 1;
  }

  /** Who made it, or -1. */
  worker(at: number): number {
    return this.#words[at * wordsPerUnit + worker] ?? -1;
  }

  staleness(at: number): number {
    return this.#words[at * wordsPerUnit + staleness] ?? 0;
  }
}
