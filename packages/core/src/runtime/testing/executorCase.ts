import type { LowerOptions } from '../../compile/lower.ts';
import type { ErrorCode } from '../../errors.ts';
import { LockstepError } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Executor } from '../executor.ts';

/** One program of a case: what an executor's factory compiles in its own way. */
export interface CaseProgram extends Omit<LowerOptions, 'name'> {
  readonly graph: Graph;
}

/** Something a case saw, and what had to be there: worked out by hand, never by an executor. */
export interface Observation {
  readonly what: string;
  readonly got: unknown;
  readonly wanted: unknown;
}

/** A property that every executor has. */
export interface ExecutorCase {
  readonly name: string;
  readonly programs: readonly CaseProgram[];
  observe(executor: Executor): readonly Observation[];
}

/** The values as plain numbers, with one NaN for all NaNs. */
export function observation(
  what: string,
  got: ArrayLike<number> | string,
  wanted: readonly number[] | string,
): Observation {
  return { what, got: typeof got === 'string' ? got : Array.from(got), wanted };
}

/** The code of the LockstepError that `action` throws. */
export function refusal(what: string, action: () => unknown, wanted: ErrorCode): Observation {
  let got = 'nothing thrown';
  try {
    action();
  } catch (error) {
    got = error instanceof LockstepError ? error.code : String(error);
  }
  return { what, got, wanted };
}
