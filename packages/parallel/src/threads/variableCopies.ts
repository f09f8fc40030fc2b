import type { WorkerPrograms } from '@lockstep/core/rank';

const cacheLine = 64;

/** Bytes of the shared memory. */
export interface VariableRange {
  readonly start: number;
  readonly length: number;
}

/** Where everything that lives on between steps lies: parameters, what is derived from them, optimizer state. */
export function variableRange({ parameters, activations }: WorkerPrograms['bases']): VariableRange {
  return { start: parameters, length: activations - parameters };
}

/** Memory for two copies. */
export function createCopyMemory({ length }: VariableRange): SharedArrayBuffer {
  return new SharedArrayBuffer(2 * length);
}

/**
 * Two copies of the variables, taken in turns at step boundaries: a death while one is being made leaves the other. Which
 * one is whole, and where training stood then, is in the control words (`copies`, `copyPositions`).
 */
export class VariableCopies {
  readonly #variables: Uint8Array;
  readonly #copies: readonly Uint8Array[];

  constructor(memory: WebAssembly.Memory, copies: SharedArrayBuffer, { start, length }: VariableRange) {
    this.#variables = new Uint8Array(memory.buffer, start, length);
    this.#copies = [0, 1].map((which) => new Uint8Array(copies, which * length, length));
  }

  /**
   * Copies one rank's share. Ranks may do it at the same time.
   *
   * @param which - 0 or 1
   */
  take(which: number, rank: number, size: number): void {
    const lines = this.#variables.length / cacheLine;
    const start = Math.floor((lines * rank) / size) * cacheLine;
    const end = Math.floor((lines * (rank + 1)) / size) * cacheLine;
    this.#copies[which]?.set(this.#variables.subarray(start, end), start);
  }

  /** Puts a copy back. No rank may be at work. */
  restore(which: number): void {
    const copy = this.#copies[which];
    if (copy !== undefined) this.#variables.set(copy);
  }
}
