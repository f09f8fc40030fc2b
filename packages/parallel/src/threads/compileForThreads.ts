import {
  type Compilation,
  compile,
  emitModule,
  type Program,
  type ProgramSource,
  probeWidth,
} from '@lockstep/core/engine';
import type { ReduceChoice } from './threadsOptions.ts';
import { countWorkers, type Workers } from './workers.ts';

export interface ThreadsCompileOptions {
  /** Threads that share the work. */
  readonly workers: Workers;
  /** Default `auto`. */
  readonly reduce?: ReduceChoice | undefined;
  /** Emit 4 x 16 tiles; same bits, other speed. Default: where a probe finds them faster. */
  readonly wide?: boolean | undefined;
  /** Told if there are more workers than parts of work. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** Compiled programs and their code: plain data that can be posted to a thread. */
export interface ThreadsProgram {
  readonly compilation: Compilation;
  readonly module: WebAssembly.Module;
}

/**
 * Compiles graphs for ranks on one shared memory.
 *
 * @throws LockstepError as `compile` does; BAD_OPTION for a number of workers that cannot be
 */
export function compileForThreads(
  sources: readonly ProgramSource[],
  { workers, reduce: choice = 'auto', wide = probeWidth().wide, onWarning }: ThreadsCompileOptions,
): ThreadsProgram {
  // The explicit forms were measured 2 to 5% faster at batches of 1024 in 2 to 4 lanes, and much slower with more lanes.
  const reduce = choice === 'auto' ? 'fused' : choice;
  const most = countWorkers(workers);
  let compilation = compile(sources, { workers: most, reduce });
  const units = unitsOfWork(compilation.programs);
  if (units < most) {
    if (workers === 'auto') compilation = compile(sources, { workers: units, reduce });
    else
      onWarning?.(`${most} workers share work that can be cut into ${units} parts: some have nothing to do`);
  }
  return { compilation, module: new WebAssembly.Module(emitModule(compilation, { wide, shared: true })) };
}

/** The most parts that any kernel is cut into. */
function unitsOfWork(programs: readonly Program[]): number {
  let most = 1;
  for (const { phases } of programs)
    for (const { groups } of phases)
      for (const { kernels } of groups)
        for (const { split } of kernels)
          if (split.kind === 'axis') most = Math.max(most, split.owner?.parts ?? split.units);
  return most;
}

/** Of each phase of a program: whether it changes variables. */
export function updatingPhases({ tensors, phases }: Program): readonly boolean[] {
  return phases.map(({ groups }) =>
    groups.some(({ kernels }) =>
      kernels.some(({ nest }) =>
        nest.stores.some(({ tensor }) => tensors[tensor]?.storage.kind === 'variable'),
      ),
    ),
  );
}
