import { defineRun, type Run } from '@lockstep/core';
import { type SpanSummary, summariseSpans, type TrainOptions, train } from '@lockstep/parallel';

/** More epochs than can be made in the time that a measurement takes. */
const endless = 1e9;
/** Spans of each worker that are kept: the newest few thousand steps. */
const capacity = 32_768;

/** Some seconds of training. */
export interface Measurement {
  readonly workers: number;
  /** Of training steps alone. */
  readonly samplesPerSecond: number;
  /** Where the time of each worker went, by rank, in its newest steps; not of threads that help them. */
  readonly ranks: readonly SpanSummary[];
}

/**
 * The run as it is measured: it goes on until it is stopped, and does nothing but training steps. Validation, early
 * stopping and callbacks are left out.
 *
 * @throws LockstepError as `defineRun` does
 */
export function measuredRun(run: Run): Run {
  const { earlyStopping: _stopping, callbacks: _callbacks, maxSteps: _limit, ...options } = run.options;
  return defineRun({ ...options, data: run.train, epochs: endless });
}

/**
 * Trains for some seconds.
 *
 * @param run - of {@link measuredRun}
 * @throws LockstepError DIVERGED; WORKER_LOST
 */
export async function measure(
  run: Run,
  seconds: number,
  compute: Pick<TrainOptions, 'workers' | 'reduce' | 'mode'>,
): Promise<Measurement> {
  const controller = new AbortController();
  let workers = 0;
  let timer: NodeJS.Timeout | undefined;
  try {
    const { samplesPerSecond, timelines } = await train(run, {
      ...compute,
      signal: controller.signal,
      timeline: { capacity },
      onEvent: (event) => {
        if (event.type !== 'start') return;
        workers = event.workers;
        timer = setTimeout(() => controller.abort(), seconds * 1000);
      },
    });
    return { workers, samplesPerSecond, ranks: timelines.slice(0, workers).map(summariseSpans) };
  } finally {
    clearTimeout(timer);
  }
}
