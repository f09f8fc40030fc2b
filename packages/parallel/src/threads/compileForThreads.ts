import {
  type Compilation,
  compile,
  emitModule,
  type Program,
  type ProgramSource,
  probeWidth,
  type ReduceMode,
} from '@lockstep/core/engine';

export interface ThreadsCompileOptions {
  /** Threads that share the work. */
  readonly workers: number;
  /** How sums over the mini-batch are combined; same bits. Default `fused`. */
  readonly reduce?: ReduceMode;
  /** Emit 4 x 16 tiles; same bits, other speed. Default: where a probe finds them faster. */
  readonly wide?: boolean;
}

/** Compiled programs and their code: plain data that can be posted to a thread. */
export interface ThreadsProgram {
  readonly compilation: Compilation;
  readonly module: WebAssembly.Module;
}

/**
 * Compiles graphs for ranks on one shared memory.
 *
 * @throws LockstepError as `compile` does
 */
export function compileForThreads(
  sources: readonly ProgramSource[],
  { workers, reduce = 'fused', wide = probeWidth().wide }: ThreadsCompileOptions,
): ThreadsProgram {
  const compilation = compile(sources, { workers, reduce });
  return { compilation, module: new WebAssembly.Module(emitModule(compilation, { wide, shared: true })) };
}

/** The most parts that any kernel of these programs is cut into: more workers than that never all have work. */
export function unitsOfWork(programs: readonly Program[]): number {
  let most = 1;
  for (const { phases } of programs)
    for (const { groups } of phases)
      for (const { kernels } of groups)
        for (const { split } of kernels)
          if (split.kind === 'axis') most = Math.max(most, split.owner?.parts ?? split.units);
  return most;
}

/** Whether a program changes variables: otherwise there is nothing to copy, and nothing to undo. */
export function updatesVariables({ tensors, phases }: Program): boolean {
  return phases.some(({ groups }) =>
    groups.some(({ kernels }) =>
      kernels.some(({ nest }) =>
        nest.stores.some(({ tensor }) => tensors[tensor]?.storage.kind === 'variable'),
      ),
    ),
  );
}
