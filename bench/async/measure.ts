import { untilQuiet, watch } from '../engine/quiet.ts';
import type { Problem } from './problems.ts';
import { type Side, sides } from './sides.ts';
import { type Outcome, trainOnce } from './trainOnce.ts';

/** One outcome for each of {@link sides}, in their order, for each round. */
export interface Measurement {
  readonly problem: Problem;
  /** Of the training data. */
  readonly rows: number;
  readonly rounds: readonly (readonly Outcome[])[];
  /** Trainings that were made again because something else was running. */
  readonly repeated: number;
  /** Disturbed ones that had to be kept. */
  readonly disturbed: number;
}

/** Times that a training is begun until one is undisturbed. */
const attempts = 3;

export function sideName({ mode, workers, slow }: Side): string {
  return `${mode.name}, ${workers} workers${slow ? ', one slow' : ''}`;
}

/** Trains a problem in every way, round by round; each round has a seed of its own, which all ways share. */
export async function measure(
  problem: Problem,
  rounds: number,
  log: (line: string) => void,
): Promise<Measurement> {
  log(problem.name);
  const runs = problem.load();
  const measured: Outcome[][] = [];
  let [repeated, disturbed] = [0, 0];
  for (let seed = 1; seed <= rounds; seed += 1) {
    const run = runs(seed);
    const outcomes: Outcome[] = [];
    await untilQuiet();
    for (const side of sides) {
      for (let attempt = 1; ; attempt += 1) {
        // A slow worker makes others wait: that says nothing about other processes.
        const watched = await watch(() => trainOnce(run, side), false);
        if (watched.disturbed && attempt < attempts) {
          repeated += 1;
          await untilQuiet();
          continue;
        }
        if (watched.disturbed) disturbed += 1;
        outcomes.push(watched.result);
        break;
      }
      log(
        `  round ${seed}/${rounds}: ${sideName(side)}, ${outcomes.at(-1)?.curve.at(-1)?.seconds.toFixed(2)} s`,
      );
    }
    measured.push(outcomes);
  }
  return { problem, rows: runs(0).train.rows, rounds: measured, repeated, disturbed };
}
