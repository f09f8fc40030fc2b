import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TrainedBits } from '../../packages/core/src/train/testing/trainedBits.ts';
import type { GoldenName, GoldenRun } from './runs.ts';

/** The known bits of a run, as `scripts/goldenHashes.ts` writes them. */
export interface Golden {
  readonly numericsVersion: number;
  /** Going up; the last is the end of the run. */
  readonly marks: readonly TrainedBits[];
}

/** Numbers of steps after which the bits of a run are known. */
export function marksOf({ run, simulated, interpreted }: GoldenRun): readonly number[] {
  const whole = run.epochs * Math.ceil(run.train.rows / run.batchSize);
  return [...new Set([simulated, interpreted, whole])].sort((a, b) => a - b);
}

export function goldenFile(name: GoldenName): string {
  return fileURLToPath(new URL(`../golden/${name}.json`, import.meta.url));
}

/** The known bits of a run, if there are any yet. */
export function readGolden(name: GoldenName): Golden | undefined {
  const file = goldenFile(name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** The known bits after the numbers of steps up to `most`. */
export function goldenBits(name: GoldenName, most = Number.POSITIVE_INFINITY): readonly TrainedBits[] {
  const golden = readGolden(name);
  if (golden === undefined) throw new Error(`${goldenFile(name)} is missing: node scripts/goldenHashes.ts`);
  return golden.marks.filter(({ step }) => step <= most);
}
