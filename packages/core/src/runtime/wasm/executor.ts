import { type Compilation, type CompileOptions, compile, type ProgramSource } from '../../compile/compile.ts';
import { emitModule } from '../../kernels/module.ts';
import type { Executor } from '../executor.ts';
import { Arena, createMemory } from './arena.ts';
import type { InstallProducts } from './products.ts';
import { WasmWorker } from './worker.ts';
import { workerPrograms } from './workerPrograms.ts';

export interface WasmOptions {
  /** Emit 4 x 16 tiles; see `probeWidth`. Same bits, other speed. Default false. */
  readonly wide?: boolean;
  /** Make the sums of products by machine code, put in place by this. Same bits. Default: WebAssembly. */
  readonly install?: InstallProducts | undefined;
  /** Make each worker's share in so many parts, the last first; for one worker. Same bits. Default 1. */
  readonly parts?: number;
}

/**
 * Runs a compilation in this thread, one worker after another inside each phase. No memory is allocated in a step.
 *
 * @param compilation - from `compile`; its number of workers says how many shares each phase has
 */
export function createWasmExecutor(compilation: Compilation, options: WasmOptions = {}): Executor {
  const { wide = false, install, parts = 1 } = options;
  const { bytes, products } = emitModule(compilation, {
    wide,
    shared: false,
    machineCode: install !== undefined,
  });
  const module = new WebAssembly.Module(bytes);
  const memory = createMemory(compilation, false);
  const product = products === undefined ? undefined : install?.(products, memory);
  const arena = new Arena(compilation, memory);
  const workers = Array.from(
    { length: compilation.workers },
    (_, rank) => new WasmWorker(workerPrograms(compilation, rank), module, memory, product),
  );
  const phasesOf = new Map(
    compilation.programs.map(({ name, phases }) => [
      name,
      phases.map((_, phase) => workers.map((worker) => worker.phases(name)[phase])),
    ]),
  );
  return {
    programs: arena.programs,
    writeVariable: (path, values) => arena.writeVariable(path, values),
    readVariable: (path) => arena.readVariable(path),
    writeInput: (name, values) => arena.writeInput(name, values),
    writeInputRows: (name, start, values) => arena.writeInputRows(name, start, values),
    writeStepValue: (program, name, step, values) => arena.writeStepValue(program, name, step, values),
    readResult: (program, name, step) => arena.readResult(program, name, step),
    run: (program, step) => {
      arena.requireStep(program, step);
      for (const shares of phasesOf.get(program) ?? []) {
        let stopped = 0;
        if (parts === 1) for (const share of shares) stopped |= share?.own(step) ?? 0;
        else
          for (let part = parts - 1; part >= 0; part -= 1) stopped |= shares[0]?.part(part, parts, step) ?? 0;
        if (stopped !== 0) return 'diverged';
        // From the last to the first, each by another worker than whose it is: nothing may depend on either.
        const left = shares.length * (shares[0]?.sharedPieces ?? 0);
        for (let piece = left - 1; piece >= 0; piece -= 1) shares[piece % shares.length]?.shared(piece, step);
      }
      return 'done';
    },
  };
}

/** Compiles graphs and makes an executor for them. */
export function wasmExecutor(
  sources: readonly ProgramSource[],
  options: WasmOptions & CompileOptions = {},
): Executor {
  return createWasmExecutor(compile(sources, options), options);
}
