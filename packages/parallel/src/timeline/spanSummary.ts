import { type Span, type SpanKind, spanKinds } from './spanRing.ts';

/** Where the time of a worker went, in milliseconds. */
export type SpanSummary = Readonly<Record<SpanKind, number>> & {
  readonly steps: number;
  /** Milliseconds of waiting in a step: half of the steps waited less. */
  readonly medianWaitPerStep: number;
};

/** Sums up the spans of one worker. */
export function summariseSpans(spans: readonly Span[]): SpanSummary {
  const totals: Record<SpanKind, number> = { compute: 0, update: 0, wait: 0 };
  const waits = new Map<number, number>();
  for (const { kind, step, start, end } of spans) {
    totals[kind] += end - start;
    waits.set(step, (waits.get(step) ?? 0) + (kind === 'wait' ? end - start : 0));
  }
  const sorted = [...waits.values()].sort((a, b) => a - b);
  return { ...totals, steps: waits.size, medianWaitPerStep: sorted[Math.floor(sorted.length / 2)] ?? 0 };
}

/** The share of the workers' time that went to each kind, between 0 and 1. */
export function shareOfTime(summaries: readonly SpanSummary[]): Readonly<Record<SpanKind, number>> {
  const total = (kind: SpanKind): number => summaries.reduce((sum, summary) => sum + summary[kind], 0);
  const all = spanKinds.reduce((sum, kind) => sum + total(kind), 0);
  return { compute: total('compute') / all, update: total('update') / all, wait: total('wait') / all };
}
