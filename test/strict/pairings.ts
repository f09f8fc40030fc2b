import type { GoldenName } from './runs.ts';

/** `pnpm soak` tries every way with every run. */
const everything = process.env['EVERY_PAIRING'] === '1';

/** The run that has everything meets more ways of computing in `npm test` than the others. */
const richest: GoldenName = 'everything';

/**
 * The ways that a run is computed by: every `step`th, beginning at another one for each run. So every way meets several runs and every run several ways, in a fraction of the time.
 *
 * @param at - number of the run among all
 */
export function waysFor<T>(name: string, at: number, ways: readonly T[], step: number): readonly T[] {
  if (everything) return ways;
  const every = name === richest ? Math.ceil(step / 2) : step;
  return ways.filter((_, number) => number % every === at % every);
}

/** The runs that are computed in one of several processes: every other one, beginning with the `shift`th. */
export function runsFor<T>(names: readonly T[], shift: number): readonly T[] {
  return everything ? names : names.filter((_, at) => at % 2 === shift % 2);
}
