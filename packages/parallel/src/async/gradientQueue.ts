import type { Words } from '../shared/words.ts';

/** A gradient that waits to be applied. */
export interface QueuedGradient {
  readonly cell: number;
  readonly worker: number;
  readonly slot: number;
  readonly unit: number;
  /** Updates that the weights had which it was computed on. */
  readonly read: number;
}

/** A cache line for each gradient. */
const cellWords = 16;
const full = 0;
const ticketWord = 1;
const unitWord = 2;
const readWord = 3;

/**
 * Gradients on their way from workers to whoever applies them: a cell for each place that a worker has for one. Its worker fills
 * it when it is empty, the other empties it when it has applied what is in it. The words of a cell are written before
 * it is marked as full, and read after it was seen to be.
 */
export class GradientQueue {
  readonly #words: Words;
  readonly #slots: number;
  readonly #cells: number;

  constructor(words: Words, workers: number, slots: number) {
    this.#words = words;
    this.#slots = slots;
    this.#cells = workers * slots;
  }

  static create(workers: number, slots: number): SharedArrayBuffer {
    return new SharedArrayBuffer(Math.max(1, workers * slots) * cellWords * Int32Array.BYTES_PER_ELEMENT);
  }

  isEmpty(worker: number, slot: number): boolean {
    return this.#words.load(this.#at(worker, slot) + full) === 0;
  }

  /** @param ticket - tells which was put in first */
  put(worker: number, slot: number, unit: number, read: number, ticket: number): void {
    const at = this.#at(worker, slot);
    this.#words.store(at + ticketWord, ticket);
    this.#words.store(at + unitWord, unit);
    this.#words.store(at + readWord, read);
    this.#words.store(at + full, 1);
  }

  /** The gradient that has waited longest, or that of one step. */
  find(unit?: number): QueuedGradient | undefined {
    const words = this.#words;
    let [best, ticket] = [-1, Number.POSITIVE_INFINITY];
    for (let cell = 0; cell < this.#cells; cell += 1) {
      const at = cell * cellWords;
      if (words.load(at + full) === 0) continue;
      if (unit !== undefined && words.load(at + unitWord) !== unit) continue;
      const waited = words.load(at + ticketWord);
      if (waited < ticket) [best, ticket] = [cell, waited];
    }
    if (best < 0) return undefined;
    const at = best * cellWords;
    return {
      cell: best,
      worker: Math.floor(best / this.#slots),
      slot: best % this.#slots,
      unit: words.load(at + unitWord),
      read: words.load(at + readWord),
    };
  }

  remove({ cell }: QueuedGradient): void {
    this.#words.store(cell * cellWords + full, 0);
  }

  /** To be called while nobody uses it. */
  clear(): void {
    for (let cell = 0; cell < this.#cells; cell += 1) this.#words.store(cell * cellWords + full, 0);
  }

  #at(worker: number, slot: number): number {
    return (worker * this.#slots + slot) * cellWords;
  }
}
