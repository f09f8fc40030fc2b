import type { Span, SpanKind } from '@lockstep/parallel';
import { median } from '../scaling/summary.ts';

/** What the ranks take for a phase of a step. */
export interface PhaseTime {
  readonly phase: number;
  readonly kind: Exclude<SpanKind, 'wait'>;
  /** Microseconds of each rank, by rank: the median over the steps; NaN if it recorded none. */
  readonly busy: readonly number[];
  /** The same of its wait for the others at the end of the phase; 0 if it never waits. */
  readonly wait: readonly number[];
  /** Microseconds of the rank that took longest in a step, whichever it was, and of the one that took least: medians. */
  readonly longest: number;
  readonly shortest: number;
}

function medianOf(spans: readonly Span[], phase: number, isWait: boolean): number {
  const durations = spans
    .filter((span) => span.phase === phase && (span.kind === 'wait') === isWait)
    .map(({ start, end }) => 1000 * (end - start));
  return isWait && durations.length === 0 ? 0 : median(durations);
}

/** What each step's ranks took for a phase, in microseconds. */
function busyBySteps(timelines: readonly (readonly Span[])[], phase: number): readonly number[][] {
  const steps = new Map<number, number[]>();
  for (const span of timelines.flat())
    if (span.phase === phase && span.kind !== 'wait')
      steps.set(span.step, [...(steps.get(span.step) ?? []), 1000 * (span.end - span.start)]);
  return [...steps.values()];
}

/** Times of every phase, from the timelines of all ranks. */
export function phaseTimes(timelines: readonly (readonly Span[])[]): readonly PhaseTime[] {
  const kinds = new Map<number, PhaseTime['kind']>();
  for (const { phase, kind } of timelines.flat()) if (kind !== 'wait') kinds.set(phase, kind);
  return [...kinds]
    .sort(([a], [b]) => a - b)
    .map(([phase, kind]) => {
      const steps = busyBySteps(timelines, phase);
      return {
        phase,
        kind,
        busy: timelines.map((spans) => medianOf(spans, phase, false)),
        wait: timelines.map((spans) => medianOf(spans, phase, true)),
        longest: median(steps.map((times) => Math.max(...times))),
        shortest: median(steps.map((times) => Math.min(...times))),
      };
    });
}
