import type { ProgramSource } from '../compile/compile.ts';
import { LockstepError } from '../errors.ts';
import type { Executor, FloatArray } from '../runtime/executor.ts';

/** Host access to tensors: an executor's names and values, without its way to run. */
export type TensorAccess<F extends FloatArray = Float32Array> = Omit<Executor<F>, 'run'>;

/** One step that is to be made. */
export interface PlannedStep {
  readonly program: string;
  /** Entry of the program's tables. */
  readonly entry: number;
}

/** How a row of steps ended: all made, stopped between two of them, or at one whose guard was not finite. */
export type StepsOutcome = 'done' | 'stopped' | 'diverged';

export interface StepsResult {
  /** Steps finished: those before the one that diverged, or before the boundary where the others were stopped. */
  readonly made: number;
  readonly outcome: StepsOutcome;
}

/** Asks for a stop; an `AbortSignal` is one. */
export interface StopSignal {
  readonly aborted: boolean;
}

export interface RunSteps {
  /**
   * Once aborted, the steps end at a boundary between two of them. Looked at before the first step and then between steps,
   * or where that costs too much several times a second.
   */
  readonly signal?: StopSignal;
  /**
   * Called a few times a second while the steps are made, with the number of those finished; their results can be read.
   *
   * @param made - going up
   */
  onProgress?(made: number): void;
}

/**
 * Makes the steps of compiled programs, with one worker or many: the seam between the training loop and whoever
 * computes. The loop writes tables and variables through `access`, has steps made, and reads results; it does so only while no steps
 * are under way. Every implementation gives the same bits, and runs `engineCases` in its tests.
 *
 * @typeParam F - what float32 tensors are read as
 */
export interface Engine<F extends FloatArray = Float32Array> {
  readonly access: TensorAccess<F>;
  readonly workers: number;
  /**
   * Makes steps in order; one call at a time. Resolves when they are made, at a step boundary after a stop was asked for,
   * or at the step whose guard is not finite: the results of that step are written, its updates are not made. The calling
   * thread goes on meanwhile, or is never blocked for long.
   *
   * @throws LockstepError (as a rejection, before the first step) UNKNOWN_OPTION for a program that there is not,
   * BAD_OPTION for an entry outside its tables; StepsLostError, in the middle, if too many workers are lost
   */
  runSteps(steps: readonly PlannedStep[], options?: RunSteps): Promise<StepsResult>;
  /**
   * Told of the first steps of a row, with their tables in place, before the row is timed and made: an engine that can make
   * steps in several ways may try which is fastest. Variables are afterwards what they were, however it ends, and results may
   * be anything.
   */
  prepare?(steps: readonly PlannedStep[], signal?: StopSignal): Promise<void>;
  /** Lets go of everything the engine holds. May be called again; nothing else may be called after it. */
  close(): Promise<void>;
}

/** Makes an engine of the graphs that share its variables and inputs. */
export type EngineFactory = (
  sources: readonly ProgramSource[],
  workers: number,
) => Engine<FloatArray> | Promise<Engine<FloatArray>>;

/** Throws unless every step is one that the programs have. */
export function requireSteps(
  programs: TensorAccess<FloatArray>['programs'],
  steps: readonly PlannedStep[],
): void {
  for (const { program: name, entry } of steps) {
    const program = programs.get(name);
    if (!program)
      throw new LockstepError('UNKNOWN_OPTION', 'there is no program with this name', {
        got: `"${name}"`,
        wanted: `one of ${[...programs.keys()].join(', ')}`,
      });
    if (!Number.isInteger(entry) || entry < 0 || entry >= program.steps)
      throw new LockstepError('BAD_OPTION', `program "${name}" has no such step`, {
        got: String(entry),
        wanted: `0 to ${program.steps - 1}`,
      });
  }
}
