import { type Timing, untilQuiet, watch } from './quiet.ts';

/** One of several things that are timed in turns. */
export interface Side<T extends Timing> {
  readonly name: string;
  round(): Promise<T>;
}

export interface Rounds<T extends Timing> {
  /** One result for each side, in their order, for each round. */
  readonly rounds: readonly (readonly T[])[];
  /** Rounds that were thrown away because something else was running. */
  readonly repeated: number;
  /** Disturbed rounds that had to be kept, since there were too few others. */
  readonly disturbed: number;
}

/** Minutes after which disturbed rounds are made do with. */
const patience = 10;

/**
 * Times all sides in turns, round by round, so that what slows the machine down slows all of them: compare within a round. One
 * round to warm up is not counted, disturbed rounds are repeated.
 */
export async function interleave<T extends Timing>(
  sides: readonly Side<T>[],
  wanted: number,
  log: (line: string) => void,
): Promise<Rounds<T>> {
  for (const side of sides) await side.round();
  const quiet: T[][] = [];
  const disturbed: T[][] = [];
  const start = performance.now();
  const outOfPatience = (): boolean =>
    performance.now() - start > patience * 60_000 && quiet.length + disturbed.length >= wanted;
  while (quiet.length < wanted && !outOfPatience()) {
    await untilQuiet();
    const results: T[] = [];
    let anyDisturbed = false;
    for (const side of sides) {
      const watched = await watch(() => side.round());
      anyDisturbed ||= watched.disturbed;
      results.push(watched.result);
    }
    (anyDisturbed ? disturbed : quiet).push(results);
    log(`  round ${quiet.length}/${wanted}${anyDisturbed ? ': disturbed, once more' : ''}`);
  }
  const kept = disturbed.slice(0, Math.max(0, wanted - quiet.length));
  return {
    rounds: [...quiet, ...kept],
    repeated: disturbed.length - kept.length,
    disturbed: kept.length,
  };
}

/** One sentence about how quiet the machine was. */
export function disturbance({ rounds, repeated, disturbed }: Rounds<Timing>): string {
  const kept = disturbed === 0 ? '' : `, ${disturbed} of them disturbed by other processes`;
  return `${rounds.length} rounds${kept}; ${repeated} disturbed rounds were repeated`;
}
