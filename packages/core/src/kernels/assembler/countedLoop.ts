import type { Local } from './valueType.ts';

/** Where a counted loop starts or ends: a constant (-2^31 .. 2^32 - 1) or an i32 local. */
export type Bound = number | Local;

export type LoopTest = 'i32.lt_u' | 'i32.lt_s' | 'i32.ne';

export interface CountedLoop {
  /** Left out: the counter keeps the value it has. */
  readonly start?: Bound;
  readonly end: Bound;
  /** Added after each pass, not 0; default 1. Negative only with `test: 'i32.ne'`. */
  readonly step?: number;
  /** The loop goes on while `counter test end`. Default `i32.lt_u`, so that addresses above 2 GiB are in order. */
  readonly test?: LoopTest;
  /** The caller knows that the first pass always runs, so no guard is emitted before the bottom-tested loop. */
  readonly atLeastOnce?: boolean;
}

/** Passes of a loop between constant bounds, or why it would not end. */
function constantPasses(start: number, end: number, step: number, test: LoopTest): number | string {
  if (test === 'i32.ne') {
    const passes = (end - start) / step;
    if (Number.isInteger(passes) && passes >= 0) return passes;
    return 'the counter never equals its end';
  }
  const [first, last] = test === 'i32.lt_u' ? [start >>> 0, end >>> 0] : [start | 0, end | 0];
  const passes = Math.max(0, Math.ceil((last - first) / step));
  const wraps = passes > 0 && first + passes * step > (test === 'i32.lt_u' ? 2 ** 32 : 2 ** 31) - 1;
  return wraps ? 'the counter wraps around before it reaches its end' : passes;
}

/**
 * Whether the first pass runs: `true`, `false`, or `undefined` when only the run can tell.
 * A string says why the loop is no loop that ends.
 */
export function firstPassRuns(range: CountedLoop): boolean | undefined | string {
  const { start, end, step = 1, test = 'i32.lt_u' } = range;
  if (!Number.isInteger(step) || step === 0) return 'the step is not an integer other than 0';
  if (step < 0 && test !== 'i32.ne') return `a loop that counts down needs the test i32.ne`;
  if (typeof start !== 'number' || typeof end !== 'number')
    return range.atLeastOnce === true ? true : undefined;
  const passes = constantPasses(start, end, step, test);
  return typeof passes === 'string' ? passes : passes > 0;
}
