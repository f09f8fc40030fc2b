import type { ProgramSource } from '../compile/compile.ts';
import type { BlockRows, StreamSchema } from '../data/blockSource.ts';
import { LockstepError } from '../errors.ts';
import type { Executor, FloatArray } from '../runtime/executor.ts';
import type { WorkerStaleness } from './events.ts';

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

/** A block of rows of a streamed data set that is to be read. */
export interface BlockRead extends BlockRows {
  /** Row of the inputs that takes the first of these rows. */
  readonly into: number;
}

/** Reads blocks of one streamed data set into the inputs of an engine's programs. */
export interface BlockLoader {
  /**
   * Reads a block, while steps may be under way that read other rows. May be called before earlier blocks are there.
   *
   * @throws LockstepError (as a rejection) BAD_SOURCE, NON_FINITE_DATA or LABEL_OUT_OF_RANGE, with the block
   */
  load(read: BlockRead): Promise<void>;
  /** Lets go of the source; what is not read by then is never read. */
  close(): Promise<void>;
}

/** A streamed data set and the inputs that its rows go to, as plain data. */
export interface PlannedStream extends StreamSchema {
  /** Rows of a whole block. */
  readonly blockRows: number;
  /** Blocks that the inputs have room for. */
  readonly slots: number;
  /** Row of the source that is the first of the data set. */
  readonly firstRow: number;
  /** Seconds to wait for a block. */
  readonly readSeconds: number;
  /** Name of each field's input; a program may use some of them alone. */
  readonly inputs: Readonly<Record<string, string>>;
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
   * @param waiting - share of their time that workers have waited for one another lately, if the engine knows
   */
  onProgress?(made: number, waiting?: number): void;
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
  /** How stale the updates of each worker were since this was asked last, if they can be. */
  takeStaleness?(): readonly WorkerStaleness[];
  /** Opens a streamed data set in threads of the engine's own. Default: it is read in this thread. */
  openLoader?(stream: PlannedStream): BlockLoader;
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
