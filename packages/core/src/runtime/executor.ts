import type { Program } from '../compile/program.ts';

/** Element types of values that an executor hands out for float32 tensors: float64 only from the accuracy reference. */
export type FloatArray = Float32Array | Float64Array;

/**
 * Runs programs. Several programs share variables (by path) and inputs (by name); each has its own tables of step values and
 * results. All values are handed over in logical row-major order, whatever the layout is; `bool` as 0 / -1.
 *
 * Every method throws LockstepError UNKNOWN_OPTION for a name that no program has, SHAPE_MISMATCH for a wrong number of
 * values, BAD_OPTION for a step outside the tables.
 *
 * @typeParam F - what float32 tensors are read as
 */
export interface Executor<F extends FloatArray = Float32Array> {
  readonly programs: ReadonlyMap<string, Program>;
  /** Sets a variable, and what is derived from it. */
  writeVariable(path: string, values: ArrayLike<number>): void;
  readVariable(path: string): F;
  writeInput(name: string, values: ArrayLike<number>): void;
  /** Sets some rows of an input, whole ones along its first axis, from row `start` on. */
  writeInputRows(name: string, start: number, values: ArrayLike<number>): void;
  /** Sets entry `step` of a program's table. */
  writeStepValue(program: string, name: string, step: number, values: ArrayLike<number>): void;
  /** Entry `step` of a program's table; Int32Array for integers and bools. */
  readResult(program: string, name: string, step: number): F | Int32Array;
  /**
   * Runs one step: all phases, with entry `step` of the tables.
   *
   * @returns `diverged` if the guard is not finite: the step's results are written, its updates are not made
   */
  run(program: string, step: number): 'done' | 'diverged';
}
