import type { Span } from './spanRing.ts';
import { threadName } from './threadName.ts';

/** The part of Chrome's trace event format that we write: complete events and the names of threads. */
export type TraceEvent =
  | {
      readonly ph: 'X';
      readonly name: string;
      readonly cat: string;
      readonly pid: number;
      readonly tid: number;
      /** Microseconds. */
      readonly ts: number;
      readonly dur: number;
      readonly args: { readonly step: number; readonly phase: number };
    }
  | {
      readonly ph: 'M';
      readonly name: 'thread_name' | 'process_name';
      readonly pid: number;
      readonly tid: number;
      readonly args: { readonly name: string };
    };

export interface ChromeTrace {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: 'ms';
}

const pid = 1;

/**
 * The spans of all workers as a trace that Perfetto and chrome://tracing open ("Trace Event Format", Google). Times start at the
 * earliest span.
 *
 * @param ranks - spans of each thread, by rank
 * @param threads - what they are called. Default: `rank 0`, `rank 1`, ...
 */
export function chromeTrace(
  ranks: readonly (readonly Span[])[],
  name = 'lockstep',
  threads: readonly string[] = ranks.map((_, rank) => threadName(rank, ranks.length)),
): ChromeTrace {
  const origin = Math.min(...ranks.flatMap((spans) => spans.slice(0, 1).map(({ start }) => start)));
  const names: TraceEvent[] = [
    { ph: 'M', name: 'process_name', pid, tid: 0, args: { name } },
    ...ranks.map(
      (_, rank): TraceEvent => ({
        ph: 'M',
        name: 'thread_name',
        pid,
        tid: rank,
        args: { name: threads[rank] ?? '' },
      }),
    ),
  ];
  const events = ranks.flatMap((spans, rank) =>
    spans.map(
      ({ kind, step, phase, start, end }): TraceEvent => ({
        ph: 'X',
        name: kind === 'wait' ? 'wait' : `${kind} phase ${phase}`,
        cat: kind,
        pid,
        tid: rank,
        ts: (start - origin) * 1000,
        dur: (end - start) * 1000,
        args: { step, phase },
      }),
    ),
  );
  return { traceEvents: [...names, ...events], displayTimeUnit: 'ms' };
}
