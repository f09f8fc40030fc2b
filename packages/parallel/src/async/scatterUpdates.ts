import type { ProgramPhase } from '@lockstep/core/rank';
import type { BoundPrograms, FreeContext } from './freeContext.ts';

/** Parts of a phase that changes variables. More of them would call every kernel more often, and 16 were no better. */
const parts = 8;
/** Parts from where a step begins to where the next one does, which is most likely made at the same time: far apart in either direction. */
const apart = 5;

/**
 * The programs of a worker that changes variables while others do: a step begins in another place than the one before it. Where
 * all go through the variables in the same order, the one behind finds in its cache nothing but what the one ahead has just
 * written, and the one ahead waits for memory: two fall into step, and overwrite each other's updates.
 *
 * Measured on the MLPs of `bench/async`, the final loss over that of the synchronous mode, medians of several times 7 to 9 seeds:
 * from 1.1 to 1.3 % down to 0 to 0.5 % (MNIST, 4 workers), and 0.8 to 0.3 % (digits, 8 workers), single trainings from 14 % to 4 %.
 * With 8 workers on MNIST, 1.3 to 3.0 % where each worker has its own place to begin, 0.1 to 1.4 % where it is drawn by
 * lot, 0.5 to 0.9 % where it goes by the step. It takes no longer.
 */
export function scatterUpdates(context: FreeContext): (unit: number) => BoundPrograms {
  const { updating } = context.task;
  const plain = context.bound(undefined);
  const starts = Array.from({ length: parts }, (_, first) =>
    plain.map((phases, program) =>
      phases.map((phase, at) => (updating[program]?.[at] === true ? startAt(phase, first, parts) : phase)),
    ),
  );
  return (unit) => starts[(unit * apart) % parts] ?? plain;
}

/** A phase that is made in so many parts, from this one on and then from the start. Its guard stops each of them. */
export function startAt(phase: ProgramPhase, first: number, count: number): ProgramPhase {
  return {
    ...phase,
    own: (step) => {
      let stopped = 0;
      for (let made = 0; made < count; made += 1) stopped |= phase.part((first + made) % count, count, step);
      return stopped;
    },
  };
}
