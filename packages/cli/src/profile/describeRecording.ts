import { count, inMode, number, plural } from '../report/describe.ts';
import type { Recording } from './recording.ts';

/** Ranks that tables have columns for. The files have all. */
export const shownRanks = 8;

/** digits, 2 workers, mode stale: 3,012 steps in 2.998 s, 64,300 samples/s */
export function describeRecording({
  name,
  mode,
  workers,
  steps,
  from,
  to,
  rowsPerSecond,
}: Recording): string {
  const seconds = steps === 0 ? 0 : (to - from) / 1000;
  return `${name}, ${plural(workers, 'worker')}${inMode(mode)}: ${plural(steps, 'step')} in ${number(seconds)} s, ${count(rowsPerSecond)} samples/s`;
}
