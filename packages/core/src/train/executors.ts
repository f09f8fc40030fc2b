import { compile, type ProgramSource } from '../compile/compile.ts';
import { lower } from '../compile/lower.ts';
import type { Executor, FloatArray } from '../runtime/executor.ts';
import { createInterpreter } from '../runtime/interpreter.ts';
import { createSimulation } from '../runtime/simulate.ts';
import { type WasmOptions, wasmExecutor } from '../runtime/wasm/executor.ts';
import { probeWidth } from '../runtime/wasm/probe.ts';
import { productInstaller } from '../runtime/wasm/products.ts';

/** Makes an executor of the graphs that share its variables and inputs. */
export type ExecutorFactory = (sources: readonly ProgramSource[], workers: number) => Executor<FloatArray>;

const fastestProducts = (): WasmOptions => {
  const install = productInstaller();
  return install === undefined ? { wide: probeWidth().wide } : { wide: true, install };
};

const lowerAll = (sources: readonly ProgramSource[]) =>
  sources.map(({ graph, ...sizes }) => lower(graph, sizes));

/** What a run can be computed by. All but `float64` give the same bits. A new one is one line here. */
export const executors = {
  /** Compiled to WebAssembly, in this thread, with tiles as wide as this process makes fast, or with machine code. */
  wasm: (sources, workers) => wasmExecutor(sources, { workers, ...fastestProducts() }),
  /** Scalar by scalar, unfused: slow, and the definition of the bits. */
  interpreter: (sources) => createInterpreter(lowerAll(sources)),
  /** Compiled, the shares of several workers made by one thread in random order; a missing barrier is an error. */
  simulate: (sources, workers) => {
    const { programs } = compile(sources, { workers });
    return createSimulation(programs, { workers, seed: 1 });
  },
  /** As the interpreter, but in float64: what accuracy is measured against. */
  float64: (sources) => createInterpreter(lowerAll(sources), { precision: 'float64' }),
} as const satisfies Readonly<Record<string, ExecutorFactory>>;

export type ExecutorName = keyof typeof executors;

/** The fastest. */
export const defaultExecutor: ExecutorName = 'wasm';
