import { expect, it } from 'vitest';
import { chromeTrace } from './chromeTrace.ts';
import { SpanRing } from './spanRing.ts';
import { shareOfTime, summariseSpans } from './spanSummary.ts';

const ringOf = (capacity: number): { ring: SpanRing; reader: SpanRing } => {
  const buffer = new SharedArrayBuffer(SpanRing.bytesFor(capacity));
  return { ring: new SpanRing(buffer), reader: new SpanRing(buffer) };
};

it('another view of the memory reads what was recorded, oldest first', () => {
  const { ring, reader } = ringOf(4);
  ring.record('compute', 0, 0, 1000.25, 1001);
  ring.record('wait', 0, 0, 1001, 1003);
  ring.record('update', 123_456, 255, 1003, 1003.5);
  expect(reader.lost).toBe(0);
  expect(reader.spans()).toEqual([
    { kind: 'compute', step: 0, phase: 0, start: 1000.25, end: 1001 },
    { kind: 'wait', step: 0, phase: 0, start: 1001, end: 1003 },
    { kind: 'update', step: 123_456, phase: 255, start: 1003, end: 1003.5 },
  ]);
});

it('a full ring keeps the newest spans and counts the others', () => {
  const { ring } = ringOf(3);
  for (let step = 0; step < 8; step += 1) ring.record('compute', step, 1, step, step + 1);
  expect(ring.spans().map(({ step }) => step)).toEqual([5, 6, 7]);
  expect(ring.lost).toBe(5);
});

it('the trace has microseconds from the first span and a name for every rank', () => {
  const spans = [{ kind: 'update', step: 2, phase: 1, start: 500.5, end: 502 } as const];
  const trace = chromeTrace([spans, [{ kind: 'wait', step: 2, phase: 1, start: 501, end: 502 }]], 'digits');
  expect(JSON.parse(JSON.stringify(trace))).toEqual({
    displayTimeUnit: 'ms',
    traceEvents: [
      { ph: 'M', name: 'process_name', pid: 1, tid: 0, args: { name: 'digits' } },
      { ph: 'M', name: 'thread_name', pid: 1, tid: 0, args: { name: 'rank 0' } },
      { ph: 'M', name: 'thread_name', pid: 1, tid: 1, args: { name: 'rank 1' } },
      {
        ph: 'X',
        name: 'update phase 1',
        cat: 'update',
        pid: 1,
        tid: 0,
        ts: 0,
        dur: 1500,
        args: { step: 2, phase: 1 },
      },
      { ph: 'X', name: 'wait', cat: 'wait', pid: 1, tid: 1, ts: 500, dur: 1000, args: { step: 2, phase: 1 } },
    ],
  });
});

it('the trace has the names that threads are given', () => {
  const span = { kind: 'wait', step: 2, phase: 1, start: 501, end: 502 } as const;
  const { traceEvents } = chromeTrace([[span], [span]], 'digits', ['rank 0', 'server']);
  const names = traceEvents.filter(({ name }) => name === 'thread_name').map(({ args }) => args);
  expect(names).toEqual([{ name: 'rank 0' }, { name: 'server' }]);
});

it('sums up where the time went', () => {
  const { ring } = ringOf(16);
  for (let step = 0; step < 3; step += 1) {
    ring.record('compute', step, 0, 10 * step, 10 * step + 4);
    ring.record('wait', step, 0, 10 * step + 4, 10 * step + 5 + step);
    ring.record('update', step, 1, 10 * step + 7, 10 * step + 9);
  }
  const summary = summariseSpans(ring.spans());
  expect(summary).toEqual({ compute: 12, wait: 6, update: 6, steps: 3, medianWaitPerStep: 2 });
  expect(shareOfTime([summary, { ...summary, wait: 12 }])).toEqual({
    compute: 24 / 54,
    update: 12 / 54,
    wait: 18 / 54,
  });
});
