import type { GoldenName } from './runs.ts';

/** `pnpm soak` tries every way with every run. */
const everything = process.env['EVERY_PAIRING'] === '1';

/** The run that has everything meets more ways of computing in `npm test` than the others. */
const richest: GoldenName = 'everything';

/**
 * The ways that a run is computed by: every so many, beginning at another one for each run. So every way meets a run and every run
 * some ways, in a fraction of the time.
 *
 * @param at - number of the run among all
 * @param step - the richest run meets every `step` / 2 th way, the others every 2 `step`th: less than there are runs
 */
export function waysFor<T>(name: string, at: number, ways: readonly T[], step: number): readonly T[] {
  if (everything) return ways;
  const every = name === richest ? Math.ceil(step / 2) : 2 * step;
  const chosen = ways.filter((_, number) => number % every === at % every);
  return chosen.length > 0 ? chosen : ways.slice(at % ways.length, (at % ways.length) + 1);
}

/** The runs that are computed in one of several processes: every other one, beginning with the `shift`th. */
export function runsFor<T>(names: readonly T[], shift: number): readonly T[] {
  return everything ? names : names.filter((_, at) => at % 2 === shift % 2);
}
