import { createMemory, type EngineFactory } from '@lockstep/core/engine';
import { ThreadsEngine } from '../threads/threadsEngine.ts';
import type { ThreadsOptions } from '../threads/threadsOptions.ts';
import { compileForLocal } from './compileForLocal.ts';
import type { LocalMode } from './mode.ts';

/**
 * Makes engines whose workers train replicas apart: as many workers as `options.workers` says, or else as the maker is asked for.
 *
 * @throws LockstepError what `compileForLocal` throws
 */
export function localEngine(mode: LocalMode, options: Omit<ThreadsOptions, 'reduce'> = {}): EngineFactory {
  return (sources, asked) => {
    const { workers = asked, wide, machineCode, ...failure } = options;
    const program = compileForLocal(sources, mode, {
      workers,
      wide,
      machineCode,
      onWarning: failure.onWarning,
    });
    return new ThreadsEngine(program, createMemory(program.compilation, true), failure);
  };
}
