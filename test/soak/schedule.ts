import { executors, fit, optimizerHash, type Run } from '@lockstep/core';
import { compile, type EngineFactory, prepareRun, type ReduceMode, soloEngine } from '@lockstep/core/engine';

/** All bits that a run leaves. */
export interface Bits {
  readonly weights: string;
  readonly optimizer: string;
  /** Loss and metrics of every epoch. */
  readonly history: string;
}

type Result = Awaited<ReturnType<typeof fit>>;

export function bitsOf({ weightsHash, variables, history }: Result): Bits {
  return {
    weights: weightsHash,
    optimizer: optimizerHash(variables.values()),
    history: JSON.stringify(history.map(({ samplesPerSecond: _, ...event }) => event)),
  };
}

/** A row of steps, as the training loop has them made. */
export interface StepRow {
  /** The number of its first step in the engine's life. */
  readonly first: number;
  /** The program of each step. */
  readonly programs: readonly string[];
}

export interface Undisturbed extends Pick<Result, 'history' | 'variables'> {
  readonly bits: Bits;
  readonly rows: readonly StepRow[];
  /** Of every training step. */
  readonly losses: readonly number[];
}

/** Trains in this thread and notes which steps were made. */
export async function trainUndisturbed(run: Run): Promise<Undisturbed> {
  const rows: StepRow[] = [];
  const losses: number[] = [];
  let planned = 0;
  const engine: EngineFactory = (sources) => {
    const solo = soloEngine(executors.wasm(sources, 1), 1);
    return {
      ...solo,
      runSteps: async (steps, options) => {
        rows.push({ first: planned, programs: steps.map(({ program }) => program) });
        planned += steps.length;
        const result = await solo.runSteps(steps, options);
        for (const { program, entry } of steps)
          if (program.startsWith('train'))
            losses.push(solo.access.readResult(program, 'loss', entry)[0] ?? Number.NaN);
        return result;
      },
    };
  };
  const result = await fit(run, { engine });
  const { history, variables } = result;
  return { bits: bitsOf(result), history, variables, rows, losses };
}

/** A program as a number of ranks runs it. */
export interface RankProgram {
  readonly phases: number;
  /** Before its rows the variables are copied. */
  readonly updates: boolean;
}

/** The programs of a run, by name, compiled for a number of ranks. */
export function programsOf(run: Run, workers: number, reduce: ReduceMode): ReadonlyMap<string, RankProgram> {
  const { sources } = prepareRun(run);
  const { programs } = compile(sources, { workers, reduce });
  return new Map(
    programs.map(({ name, phases }, at) => [
      name,
      { phases: phases.length, updates: (sources[at]?.graph.updates.length ?? 0) > 0 },
    ]),
  );
}
