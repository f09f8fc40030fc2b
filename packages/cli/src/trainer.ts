import { type FitResult, fit, type Run, type TrainingListener } from '@lockstep/core';
import { type Span, threadsEngine, type Workers } from '@lockstep/parallel';

/** Ways of combining sums over a mini-batch, which give the same bits. `auto` takes the one expected to be fastest. */
export const reduceModes = ['auto', 'fused', 'tree', 'naive'] as const;
export type ReduceChoice = (typeof reduceModes)[number];

export interface TrainerOptions {
  readonly workers: Workers;
  readonly reduce: ReduceChoice;
  readonly onEvent?: TrainingListener;
  readonly signal?: AbortSignal;
  /** Record what each worker does, in a ring of so many spans. */
  readonly timeline?: { readonly capacity: number };
}

export interface TrainerResult extends FitResult {
  /** The newest spans of each worker, by rank. */
  readonly timelines: readonly (readonly Span[])[];
}

/** Trains a run on worker threads: the one place where the command line says what computes. */
export async function trainRun(
  run: Run,
  { workers, reduce, onEvent, timeline: _timeline, ...options }: TrainerOptions,
): Promise<TrainerResult> {
  const engine = threadsEngine({
    workers,
    ...(reduce === 'auto' ? {} : { reduce }),
    onWarning: (message) => onEvent?.({ type: 'warning', message }),
  });
  const result = await fit(run, { ...options, ...(onEvent && { onEvent }), engine });
  return { ...result, timelines: [] };
}
