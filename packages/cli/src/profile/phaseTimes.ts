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
}

function medianOf(spans: readonly Span[], phase: number, isWait: boolean): number {
  const durations = spans
    .filter((span) => span.phase === phase && (span.kind === 'wait') === isWait)
    .map(({ start, end }) => 1000 * (end - start));
  return isWait && durations.length === 0 ? 0 : median(durations);
}

/** Times of every phase, from the timelines of all ranks. */
export function phaseTimes(timelines: readonly (readonly Span[])[]): readonly PhaseTime[] {
  const kinds = new Map<number, PhaseTime['kind']>();
  for (const { phase, kind } of timelines.flat()) if (kind !== 'wait') kinds.set(phase, kind);
  return [...kinds]
    .sort(([a], [b]) => a - b)
    .map(([phase, kind]) => ({
      phase,
      kind,
      busy: timelines.map((spans) => medianOf(spans, phase, false)),
      wait: timelines.map((spans) => medianOf(spans, phase, true)),
    }));
}
