import type { ProgramSource } from '../compile/compile.ts';
import type { FloatArray } from '../runtime/executor.ts';
import type { Engine, EngineFactory } from './engine.ts';
import { defaultExecutor, type ExecutorName, executors } from './executors.ts';
import { soloEngine } from './soloEngine.ts';

export interface ComputeOptions {
  /** What computes in this thread. Default: the fastest. */
  readonly executor?: ExecutorName;
  /** Workers that share the work. Default 1. */
  readonly workers?: number;
  /** Makes what computes, in place of an executor in this thread. */
  readonly engine?: EngineFactory;
}

/** Makes the engine that the options ask for; close it in the end. */
export async function openEngine(
  sources: readonly ProgramSource[],
  { executor = defaultExecutor, workers = 1, engine }: ComputeOptions,
): Promise<Engine<FloatArray>> {
  return engine
    ? await engine(sources, workers)
    : soloEngine<FloatArray>(executors[executor](sources, workers), workers);
}
