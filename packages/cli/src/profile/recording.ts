import { defineRun, type Run } from '@lockstep/core';
import { type CpuProfileOptions, type Span, type TrainOptions, train } from '@lockstep/parallel';
import { measuredRun } from '../scaling/measure.ts';
import { timelineCapacity } from '../timelineFile.ts';

/** How much training is profiled, after a warm-up. */
export interface Limits {
  /** Counts instead of the seconds. */
  readonly steps?: number;
  readonly seconds: number;
}

/** Training that was recorded, without its warm-up. */
export interface Recording {
  readonly name: string;
  readonly workers: number;
  readonly steps: number;
  readonly rowsPerSecond: number;
  /** Milliseconds since the Unix epoch. */
  readonly from: number;
  readonly to: number;
  /** What the threads are called, by rank. */
  readonly threads: readonly string[];
  /** What each of them did between `from` and `to`. */
  readonly timelines: readonly (readonly Span[])[];
}

export interface RecordOptions extends Pick<TrainOptions, 'workers' | 'reduce'> {
  readonly limits: Limits;
  /** Ends the training early; what was recorded until then counts. */
  readonly signal: AbortSignal;
  readonly cpuProfile?: CpuProfileOptions;
}

/** What comes before: pages are touched for the first time, JavaScript is compiled. */
const warmUp = { seconds: 0.5, steps: 50 } as const;
/** Spans of each worker that are kept, at most: 25 MB. */
const mostSpans = 2 ** 20;

/** The run as it is profiled: training steps alone, to the end of its time, or of its steps. */
export function limitedRun(run: Run, { steps }: Limits): Run {
  const measured = measuredRun(run);
  if (steps === undefined) return measured;
  return defineRun({ ...measured.options, maxSteps: Math.min(steps, warmUp.steps) + steps });
}

/** Calls back when the time is up, if that is what the limits are: first the warm-up, then the seconds that count. */
export function onTimeUp({ steps, seconds }: Limits, stop: () => void): NodeJS.Timeout | undefined {
  return steps === undefined ? setTimeout(stop, (warmUp.seconds + seconds) * 1000) : undefined;
}

const ends = (spans: readonly Span[]): number => spans.at(-1)?.end ?? 0;

/** The spans that count: of the last steps, or of the last seconds. */
function counted(timelines: Recording['timelines'], { steps, seconds }: Limits): Recording['timelines'] {
  const last = Math.max(0, ...timelines.map((spans) => spans.at(-1)?.step ?? 0));
  const from = Math.max(...timelines.map(ends)) - seconds * 1000;
  // Step 0 sets the initial values.
  const counts = ({ step, end }: Span): boolean =>
    step > 0 && (steps === undefined ? end > from : step > last - steps);
  return timelines.map((spans) => spans.filter(counts));
}

/**
 * Trains for some steps, or seconds, and records what the ranks do. Validation, early stopping and callbacks are left out.
 *
 * @throws LockstepError DIVERGED; WORKER_LOST
 */
export async function record(run: Run, options: RecordOptions): Promise<Recording> {
  const { limits, signal, ...compute } = options;
  const timeUp = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  try {
    const result = await train(limitedRun(run, limits), {
      ...compute,
      signal: AbortSignal.any([signal, timeUp.signal]),
      timeline: { capacity: Math.min(mostSpans, Math.max(timelineCapacity, 8 * (limits.steps ?? 0))) },
      onEvent: ({ type }) => {
        if (type === 'start') timer = onTimeUp(limits, () => timeUp.abort());
      },
    });
    const timelines = counted(result.timelines, limits);
    const from = Math.min(...timelines.map((spans) => spans[0]?.start ?? Number.POSITIVE_INFINITY));
    const to = Math.max(...timelines.map(ends));
    const steps = new Set(timelines[0]?.map(({ step }) => step)).size;
    return {
      name: run.name,
      workers: timelines.length,
      steps,
      rowsPerSecond: steps === 0 ? 0 : (1000 * steps * run.batchSize) / (to - from),
      from,
      to,
      threads: result.threads,
      timelines,
    };
  } finally {
    clearTimeout(timer);
  }
}
