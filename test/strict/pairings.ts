import type { GoldenName } from './runs.ts';

/** `pnpm soak` tries every way with every run. */
const everything = process.env['EVERY_PAIRING'] === '1';

/** Runs that every way of computing is tried with in `npm test` too. */
const thorough: readonly string[] = ['xor', 'everything'] satisfies readonly GoldenName[];

/**
 * The ways that a run is computed by: all of them for some runs, every `step`th for the others, beginning at another one for
 * each. So every way meets several runs and every run several ways, in a fraction of the time.
 *
 * @param at - number of the run among all
 */
export function waysFor<T>(name: string, at: number, ways: readonly T[], step: number): readonly T[] {
  if (everything || thorough.includes(name)) return ways;
  return ways.filter((_, number) => number % step === at % step);
}
