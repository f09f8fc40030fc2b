import { fit, type Run } from '@lockstep/core';
import { type ReduceChoice, train } from '@lockstep/parallel';
import { type TrainedBits, trainedBits } from './trainedBits.ts';
import { type FlaglessTask, trainWithoutFlags } from './withoutFlags.ts';

/** One of several ways to compute the same run. */
export interface Training {
  readonly name: string;
  train(): Promise<TrainedBits>;
}

export interface VerifyOptions {
  readonly workers: readonly number[];
  readonly reduce: readonly ReduceChoice[];
}

/**
 * Every way of computing a run that has to give the same bits. The first is the simplest: what the others are compared
 * with.
 *
 * @param task - how another process gets the same run
 */
export function trainings(run: Run, task: FlaglessTask, { workers, reduce }: VerifyOptions): Training[] {
  return [
    { name: 'one thread, no workers', train: async () => trainedBits(await fit(run)) },
    { name: 'the same without V8 flags', train: async () => await trainWithoutFlags(task) },
    ...workers.flatMap((count) =>
      reduce.map((how): Training => {
        const name = `${count} ${count === 1 ? 'worker' : 'workers'}`;
        return {
          name: reduce.length === 1 ? name : `${name}, ${how}`,
          train: async () => trainedBits(await train(run, { workers: count, reduce: how })),
        };
      }),
    ),
  ];
}
