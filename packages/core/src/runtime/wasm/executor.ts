import { type Compilation, type CompileOptions, compile, type ProgramSource } from '../../compile/compile.ts';
import { emitModule } from '../../kernels/module.ts';
import type { Executor } from '../executor.ts';
import { Arena, createMemory } from './arena.ts';
import { WasmWorker } from './worker.ts';
import { workerPrograms } from './workerPrograms.ts';

export interface WasmOptions {
  /** Emit 4 x 16 tiles; see `probeWidth`. Same bits, other speed. Default false. */
  readonly wide?: boolean;
}

/**
 * Runs a compilation in this thread, one worker after another inside each phase. No memory is allocated in a step.
 *
 * @param compilation - from `compile`; its number of workers says how many shares each phase has
 */
export function createWasmExecutor(compilation: Compilation, options: WasmOptions = {}): Executor {
  const module = new WebAssembly.Module(
    emitModule(compilation, { wide: options.wide ?? false, shared: false }),
  );
  const memory = createMemory(compilation, false);
  const arena = new Arena(compilation, memory);
  const workers = Array.from(
    { length: compilation.workers },
    (_, rank) => new WasmWorker(workerPrograms(compilation, rank), module, memory),
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
    writeStepValue: (program, name, step, values) => arena.writeStepValue(program, name, step, values),
    readResult: (program, name, step) => arena.readResult(program, name, step),
    run: (program, step) => {
      arena.requireStep(program, step);
      for (const shares of phasesOf.get(program) ?? []) {
        let stopped = 0;
        for (const share of shares) stopped |= share?.(step) ?? 0;
        if (stopped !== 0) return 'diverged';
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
