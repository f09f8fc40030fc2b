import { laneBoundaries } from '../compile/lanes.ts';
import { LockstepError } from '../errors.ts';

/** Some lanes of a mini-batch, computed at once. */
export interface MicroStep {
  /** Its first row, as a position in the mini-batch. */
  readonly start: number;
  readonly rows: number;
  readonly lanes: number;
  /**
   * Levels of the lane tree that its sums complete: as many of the sums kept so far join them, the newest first, which are
   * those of 1, 2, 4, ... micro-steps.
   */
  readonly merges: number;
}

/**
 * Throws unless each lane fits into a micro-batch.
 *
 * @throws LockstepError BAD_OPTION with the number of lanes that would do
 */
export function checkMicroBatch(batchSize: number, lanes: number, microBatch: number): void {
  const rows = Math.ceil(batchSize / lanes);
  if (rows <= microBatch) return;
  const enough = Math.ceil(batchSize / microBatch);
  throw new LockstepError('BAD_OPTION', 'a lane of the mini-batch has more rows than a micro-batch', {
    where: { field: 'run.microBatch' },
    got: `${microBatch} for ${batchSize} rows in ${lanes} ${lanes === 1 ? 'lane' : 'lanes'} of up to ${rows}`,
    wanted: `at least ${rows}`,
    hint: `Lanes are never cut. Set lanes: ${enough}, which is another run with other bits, or a larger microBatch.`,
  });
}

/** How often 2 divides a positive integer: the number of zeros at its end in binary. */
function twosIn(value: number): number {
  return 31 - Math.clz32(value & -value);
}

/**
 * Cuts a mini-batch into micro-steps of whole lanes, as many at once as fit into `microBatch` rows: a power of two, so that
 * the sums of a micro-step are a subtree of the lane tree. Lanes without rows are left out: their sums of +0 change nothing.
 */
export function microSteps(batchSize: number, lanes: number, microBatch: number): readonly MicroStep[] {
  const boundaries = laneBoundaries(batchSize, lanes);
  const at = (lane: number): number => boundaries[Math.min(lane, lanes)] ?? batchSize;
  let together = 1;
  while (together < lanes && at(2 * together) <= microBatch) together *= 2;
  return Array.from({ length: Math.ceil(lanes / together) }, (_, position) => {
    const first = position * together;
    const start = at(first);
    return {
      start,
      rows: at(first + together) - start,
      lanes: Math.min(together, lanes - first),
      merges: twosIn(position + 1),
    };
  }).filter(({ rows }) => rows > 0);
}

/** The levels at which sums are kept after so many micro-steps, from the lowest: the ones of its binary number. */
export function keptLevels(count: number): readonly number[] {
  return Array.from({ length: 32 - Math.clz32(count) }, (_, level) => level).filter(
    (level) => ((count >> level) & 1) === 1,
  );
}
