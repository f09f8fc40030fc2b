import { defineRun, type Run } from '@lockstep/core';
import {
  type CpuProfileOptions,
  type Mode,
  type ModeName,
  type ReduceChoice,
  type Span,
  train,
  type Workers,
} from '@lockstep/parallel';
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
  readonly mode: ModeName;
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

/** How training is shared. */
export interface Sharing {
  readonly workers: Workers;
  readonly mode: Mode;
  /** In mode `sync`. */
  readonly reduce?: ReduceChoice;
}

export interface RecordOptions {
  readonly sharing: Sharing;
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

/**
 * The spans that count: of the last steps, or of the last seconds, as far back as every thread has kept all of its own. Outside the
 * mode `sync` threads make different steps, and not equally many.
 *
 * @param capacity - spans that a thread keeps
 */
export function counted(
  timelines: Recording['timelines'],
  { steps, seconds }: Limits,
  capacity: number,
): Recording['timelines'] {
  const last = timelines.flat().reduce((most, { step }) => Math.max(most, step), 0);
  const kept = timelines.map(({ length, 0: oldest }) => (length < capacity ? 0 : (oldest?.start ?? 0)));
  const from = Math.max(...timelines.map(ends).map((end) => end - seconds * 1000), ...kept);
  // Step 0 sets the initial values.
  const counts = ({ step, start }: Span): boolean =>
    step > 0 && (steps === undefined ? start >= from : step > last - steps);
  return timelines.map((spans) => spans.filter(counts));
}

/**
 * Trains for some steps, or seconds, and records what the ranks do. Validation, early stopping and callbacks are left out.
 *
 * @throws LockstepError DIVERGED; WORKER_LOST
 */
export async function record(run: Run, options: RecordOptions): Promise<Recording> {
  const { sharing, limits, signal, cpuProfile } = options;
  const capacity = Math.min(mostSpans, Math.max(timelineCapacity, 8 * (limits.steps ?? 0)));
  const timeUp = new AbortController();
  let workers = 0;
  let timer: NodeJS.Timeout | undefined;
  try {
    const result = await train(limitedRun(run, limits), {
      ...sharing,
      ...(cpuProfile && { cpuProfile }),
      signal: AbortSignal.any([signal, timeUp.signal]),
      timeline: { capacity },
      onEvent: (event) => {
        if (event.type !== 'start') return;
        workers = event.workers;
        timer = onTimeUp(limits, () => timeUp.abort());
      },
    });
    const timelines = counted(result.timelines, limits, capacity);
    const from = Math.min(...timelines.map((spans) => spans[0]?.start ?? Number.POSITIVE_INFINITY));
    const to = Math.max(...timelines.map(ends));
    const made = timelines.flat().filter(({ kind }) => kind !== 'wait');
    const steps = new Set(made.map(({ step }) => step)).size;
    return {
      name: run.name,
      mode: sharing.mode.name,
      workers,
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
