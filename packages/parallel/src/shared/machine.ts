import type { Words } from './words.ts';

/** Not over yet. */
export const running = -1;
/** The group is aborted. */
export const aborted = -2;
/** Patience has run out. */
export const expired = -3;
/** What was looked for is not so yet. */
export const pending = -4;

/**
 * A protocol, cut where other threads may come between: a step makes at most one access to the shared words. Its fields
 * are numbers, booleans and other machines, which is all a model checker has to copy.
 *
 * It does not allocate. Cut like this and with its heartbeat, a barrier of two spinning threads takes 0.21 us, where the
 * bare algorithm, written out, takes 0.12.
 */
export interface Machine {
  /** @returns {@link running}, or how it ended: {@link aborted}, {@link expired}, {@link pending}, or a value from 0 */
  step(words: Words): number;
}

/** Makes all steps. */
export function runToEnd(machine: Machine, words: Words): number {
  let result: number;
  do result = machine.step(words);
  while (result === running);
  return result;
}
