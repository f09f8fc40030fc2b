import type { Executor, FloatArray } from '../runtime/executor.ts';
import { type Engine, requireSteps } from './engine.ts';
import { Pace } from './pace.ts';

/**
 * The engine that waits for nobody: an executor in this thread, which runs in slices so that the thread's event loop
 * goes on. It is what every engine of several threads has to give the same results as.
 *
 * @param workers - whose shares the executor runs
 */
export function soloEngine<F extends FloatArray>(executor: Executor<F>, workers: number): Engine<F> {
  const pace = new Pace();
  return {
    access: executor,
    workers,
    runSteps: async (steps, { signal, onProgress } = {}) => {
      requireSteps(executor.programs, steps);
      for (const [made, { program, entry }] of steps.entries()) {
        if (pace.due()) {
          if (made > 0) onProgress?.(made);
          await pace.pause();
        }
        if (signal?.aborted === true) return { made, outcome: 'stopped' };
        if (executor.run(program, entry) === 'diverged') return { made, outcome: 'diverged' };
      }
      return { made: steps.length, outcome: 'done' };
    },
    close: () => Promise.resolve(),
  };
}
