import type { ChaosPoint } from '@lockstep/parallel';
import type { RandomIntegers } from './randomIntegers.ts';
import type { RankProgram, StepRow } from './schedule.ts';

/** Where in a run a rank fails. */
export const places = ['first step', 'start of a row', 'inside a row', 'last step', 'copy'] as const;
export type Place = (typeof places)[number];

export interface DrawnPoint {
  readonly point: ChaosPoint;
  readonly place: Place;
  readonly program: string;
}

/** A failure that is sure to happen in the run: every step and phase is come to at least once. */
export function drawPoint(
  random: RandomIntegers,
  rows: readonly [StepRow, ...StepRow[]],
  { workers, programs }: { readonly workers: number; readonly programs: ReadonlyMap<string, RankProgram> },
): DrawnPoint {
  // A rank that hangs is found after seconds, the others at once.
  const kind = random.pick(['throw', 'throw', 'exit', 'exit', 'terminate', 'terminate', 'hang']);
  const rank = random.below(workers);
  const place = random.pick(places);
  const row = rowFor(place, random, rows, programs);
  const at = positionIn(row, place, random);
  const program = row.programs[at] ?? '';
  const phases = programs.get(program)?.phases ?? 1;
  const phase = place === 'copy' ? 'copy' : random.below(phases);
  return { point: { kind, rank, step: row.first + at, phase }, place, program };
}

function positionIn({ programs }: StepRow, place: Place, random: RandomIntegers): number {
  if (place === 'inside a row') return random.below(programs.length);
  return place === 'last step' ? programs.length - 1 : 0;
}

function rowFor(
  place: Place,
  random: RandomIntegers,
  rows: readonly [StepRow, ...StepRow[]],
  programs: ReadonlyMap<string, RankProgram>,
): StepRow {
  const [first] = rows;
  if (place === 'first step') return first;
  if (place === 'last step') return rows.at(-1) ?? first;
  const updating = rows.filter((row) => row.programs.some((program) => programs.get(program)?.updates));
  const candidates = place === 'start of a row' ? rows : updating;
  return candidates[random.below(candidates.length)] ?? first;
}
