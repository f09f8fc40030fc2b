import {
  type Compilation,
  type CompileOptions,
  compile,
  type EmittedModule,
  emitModule,
  LockstepError,
  type ProgramSource,
  probeWidth,
  productInstaller,
} from '@lockstep/core/engine';
import type { LocalProgram } from '../async/localTask.ts';
import { planReduceTrial, type ReduceTrial } from './reduceTrial.ts';
import type { ReduceChoice } from './threadsOptions.ts';
import { mostWork, workersFor } from './work.ts';
import { cores, countWorkers, type Workers } from './workers.ts';

export interface ThreadsCompileOptions {
  /** Threads that share the work. */
  readonly workers: Workers;
  /** Default `auto`. */
  readonly reduce?: ReduceChoice | undefined;
  /** Emit 4 x 16 tiles; same bits, other speed. Default: where a probe finds them faster. */
  readonly wide?: boolean | undefined;
  /** Make products by machine code; same bits, other speed. Default: where the process was told that it may. */
  readonly machineCode?: boolean | undefined;
  /** Training steps that are to be made: in a long run `auto` may try two ways of combining sums. Default: none. */
  readonly plannedSteps?: number | undefined;
  /** Told if there are more workers than parts of work. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** Compiled programs and their code: plain data that can be posted to a thread. */
export interface ThreadsProgram {
  readonly compilation: Compilation;
  /** Threads that run them. */
  readonly workers: number;
  readonly module: WebAssembly.Module;
  /** Machine code that the module calls, if any. */
  readonly products: EmittedModule['products'];
  /** Two of its programs make the same steps: which is faster is to be tried. */
  readonly trial?: ReduceTrial;
  /** How replicas are trained apart, if they are: then the programs are compiled for one worker. */
  readonly local?: LocalProgram;
}

/**
 * Compiles graphs for a number of workers, `auto` being as many as there are cores and work for. No code is made.
 *
 * @throws LockstepError as `compile` does; BAD_OPTION for a number of workers that cannot be
 */
export function compileShared(
  sources: readonly ProgramSource[],
  { workers, reduce = 'auto', onWarning }: Pick<ThreadsCompileOptions, 'workers' | 'reduce' | 'onWarning'>,
): Compilation {
  const options = { cores: cores(), reduce: reduce === 'auto' ? 'fused' : reduce } as const;
  const most = countWorkers(workers);
  const compilation = compile(sources, { workers: most, ...options });
  const work = mostWork(compilation.programs);
  if (workers === 'auto') {
    const enough = workersFor(work, most);
    return enough < most ? compile(sources, { workers: enough, ...options }) : compilation;
  }
  if (work.units < most) {
    // Units were made large for the cores that there are: smaller ones may do for all workers.
    const { units } =
      most > options.cores
        ? mostWork(compile(sources, { workers: most, reduce: options.reduce }).programs)
        : work;
    if (units < most)
      onWarning?.(`${most} workers share work that can be cut into ${units} parts: some have nothing to do`);
  }
  return compilation;
}

/**
 * Compiles graphs for ranks on one shared memory.
 *
 * @throws LockstepError as `compile` does; BAD_OPTION for a number of workers that cannot be
 */
export function compileForThreads(
  sources: readonly ProgramSource[],
  {
    workers,
    reduce: choice = 'auto',
    machineCode = productInstaller() !== undefined,
    wide = machineCode || probeWidth().wide,
    plannedSteps = 0,
    onWarning,
  }: ThreadsCompileOptions,
): ThreadsProgram {
  const reduce = choice === 'auto' ? 'fused' : choice;
  let compilation = compileShared(sources, { workers, reduce, onWarning });
  const planned = choice === 'auto' ? planReduceTrial(sources, compilation, plannedSteps) : undefined;
  const both =
    planned &&
    compileIfItFits([...sources, planned.source], {
      workers: compilation.workers,
      cores: cores(),
      reduce,
    });
  if (both) compilation = both;
  const { bytes, products } = emitModule(compilation, { wide, shared: true, machineCode });
  return {
    compilation,
    workers: compilation.workers,
    module: new WebAssembly.Module(bytes),
    products,
    ...(planned && both && { trial: planned.trial }),
  };
}

/** Undefined when there is not enough memory for buffers of lanes. */
function compileIfItFits(
  sources: readonly ProgramSource[],
  options: CompileOptions,
): Compilation | undefined {
  try {
    return compile(sources, options);
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'MEMORY_LIMIT') return undefined;
    throw error;
  }
}
