import { type CompileOptions, compile } from '../../compile/compile.ts';
import { canRunProducts, installProducts } from '../../node/installProducts.ts';
import { createSimulation } from '../../runtime/simulate.ts';
import { type WasmOptions, wasmExecutor } from '../../runtime/wasm/executor.ts';
import { type ExecutorFactory, executors } from '../executors.ts';

/** The definition of the bits. */
export const oracle: ExecutorFactory = executors.interpreter;

const simulated =
  (options: CompileOptions): ExecutorFactory =>
  (sources, workers) =>
    createSimulation(compile(sources, { ...options, workers }).programs, { workers, seed: 1 });

const wasm =
  (options: CompileOptions & WasmOptions): ExecutorFactory =>
  (sources, workers) =>
    wasmExecutor(sources, { ...options, workers });

/** Simulations: slow, and they see a barrier that is missing. They have to give the oracle's bits for any number of workers. */
export const simulations = {
  'a simulation': simulated({}),
} as const satisfies Readonly<Record<string, ExecutorFactory>>;

/** Simulations that differ from the others where a mini-batch has several lanes. */
export const laneSimulations = {
  'a simulation that reduces in a tree': simulated({ reduce: 'tree' }),
  'a simulation that reduces naively': simulated({ reduce: 'naive' }),
} as const satisfies Readonly<Record<string, ExecutorFactory>>;

/** Compiled code, which has to give the oracle's bits for any number of workers. */
export const wasmExecutors = {
  'narrow tiles': wasm({ wide: false }),
  'wide tiles': wasm({ wide: true }),
  ...(canRunProducts() && { 'machine code': wasm({ install: installProducts }) }),
} as const satisfies Readonly<Record<string, ExecutorFactory>>;

/** Compiled code that differs from the other where a mini-batch has several lanes. */
export const laneWasmExecutors = {
  'narrow tiles and a tree of lanes': wasm({ wide: false, reduce: 'tree' }),
  ...(canRunProducts() && {
    'machine code and a tree of lanes': wasm({ install: installProducts, reduce: 'tree' }),
  }),
  'wide tiles and naive lanes': wasm({ wide: true, reduce: 'naive' }),
} as const satisfies Readonly<Record<string, ExecutorFactory>>;
