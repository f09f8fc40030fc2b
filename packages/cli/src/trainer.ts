import { type FitResult, fit, type Run, type TrainingListener } from '@lockstep/core';

/** A number of workers, or `auto`: as many as there are cores and work for. */
export type Workers = number | 'auto';

/** Ways of combining sums over a mini-batch, which give the same bits. `auto` takes the one expected to be fastest. */
export const reduceModes = ['auto', 'fused', 'tree', 'naive'] as const;
export type ReduceChoice = (typeof reduceModes)[number];

export interface TrainerOptions {
  readonly workers: Workers;
  readonly reduce: ReduceChoice;
  readonly onEvent?: TrainingListener;
  readonly signal?: AbortSignal;
}

/** Trains a run: the one place where the command line says what computes. */
export async function trainRun(
  run: Run,
  { workers, reduce: _reduce, ...options }: TrainerOptions,
): Promise<FitResult> {
  return await fit(run, { workers: workers === 'auto' ? 1 : workers, ...options });
}
