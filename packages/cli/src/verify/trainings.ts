import { fit, LockstepError, type Run } from '@lockstep/core';
import { type Mode, type ReduceChoice, recordableModes, train } from '@lockstep/parallel';
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
  readonly mode: Mode;
}

const workersName = (count: number): string => `${count} ${count === 1 ? 'worker' : 'workers'}`;

/**
 * What a mode promises has to be something that trainings can be compared by.
 *
 * @throws LockstepError BAD_OPTION for a mode whose bits depend on chance, and if the reference is all that there would be
 */
export function requireComparable({ name }: Mode, workers: readonly number[]): void {
  if (recordableModes.includes(name))
    throw new LockstepError(
      'BAD_OPTION',
      `mode ${name} has other bits each time: they follow from who comes first`,
      {
        where: { field: '--mode' },
        got: name,
        wanted: 'sync or local',
        hint: `lockstep train --mode ${name} --record order.jsonl keeps the order of updates, and --replay order.jsonl in its place has the same weights hash.`,
      },
    );
  if (name === 'local' && workers.every((count) => count === 1))
    throw new LockstepError('BAD_OPTION', 'in mode local other numbers of workers are compared with 1', {
      where: { field: '--workers' },
      got: workers.join(','),
      hint: 'Give another number, such as --workers 2.',
    });
}

/** Replicas are trained by workers alone: all numbers of them are compared with one. */
function localTrainings(run: Run, mode: Mode, workers: readonly number[]): Training[] {
  const others = workers.filter((count) => count !== 1);
  return [1, ...others].map((count) => ({
    name: count === 1 ? '1 worker, the reference' : workersName(count),
    train: async () => trainedBits(await train(run, { workers: count, mode })),
  }));
}

/**
 * Every way of computing a run that has to give the same bits. The first is the simplest: what the others are compared
 * with.
 *
 * @param task - how another process gets the same run
 */
export function trainings(
  run: Run,
  task: FlaglessTask,
  { workers, reduce, mode }: VerifyOptions,
): Training[] {
  if (mode.name === 'local') return localTrainings(run, mode, workers);
  return [
    { name: 'one thread, no workers', train: async () => trainedBits(await fit(run)) },
    { name: 'the same without V8 flags', train: async () => await trainWithoutFlags(task) },
    ...workers.flatMap((count) =>
      reduce.map(
        (how): Training => ({
          name: reduce.length === 1 ? workersName(count) : `${workersName(count)}, ${how}`,
          train: async () => trainedBits(await train(run, { workers: count, reduce: how })),
        }),
      ),
    ),
  ];
}
