import type { PlannedStep } from '@lockstep/core/engine';

/** A step takes two words: the number of its program and its entry. */
const wordsPerStep = 2;

/**
 * A row of steps in shared memory, so that ranks make a whole epoch without a message. The host writes it before it
 * gives a command, which orders the writes before the ranks' reads.
 */
export class StepPlan {
  readonly #words: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  /** Steps it holds. */
  get capacity(): number {
    return this.#words.length / wordsPerStep;
  }

  /** @param numberOf - of a program, by its name */
  write(steps: readonly PlannedStep[], numberOf: (program: string) => number): void {
    for (const [at, { program, entry }] of steps.entries()) {
      this.#words[wordsPerStep * at] = numberOf(program);
      this.#words[wordsPerStep * at + 1] = entry;
    }
  }

  program(at: number): number {
    return this.#words[wordsPerStep * at] ?? -1;
  }

  entry(at: number): number {
    return this.#words[wordsPerStep * at + 1] ?? -1;
  }
}

/** Memory for a plan. */
export function createPlanMemory(capacity: number): SharedArrayBuffer {
  return new SharedArrayBuffer(capacity * wordsPerStep * Int32Array.BYTES_PER_ELEMENT);
}
