import { wasmExecutor } from '../../runtime/wasm/executor.ts';
import { type ExecutorFactory, executors } from '../executors.ts';

/** The definition of the bits. */
export const oracle: ExecutorFactory = executors.interpreter;

/** Everything that has to give the oracle's bits for any number of workers. */
export const strictExecutors = {
  simulate: executors.simulate,
  wasm: executors.wasm,
  'wasm with wide tiles': (sources, workers) => wasmExecutor(sources, { workers, wide: true }),
} as const satisfies Readonly<Record<string, ExecutorFactory>>;
