import type { Span, SpanKind } from '@lockstep/parallel';
import { expect, it } from 'vitest';
import {
  barrierMicroseconds,
  betweenRowsMicroseconds,
  phaseMicroseconds,
  tracedSteps,
  waitMicroseconds,
} from './trace.ts';

const span = (kind: SpanKind, step: number, phase: number, start: number, end: number): Span => ({
  kind,
  step,
  phase,
  start,
  end,
});

/** Two ranks, of which the second is 1 ms late in phase 0; step 0 has one phase, the end of step 7 is missing. */
const timelines = [
  [
    span('compute', 0, 0, 0, 1),
    span('wait', 0, 0, 1, 2),
    span('compute', 5, 0, 10, 14),
    span('wait', 5, 0, 14, 15.25),
    span('update', 5, 1, 15.25, 17.25),
    span('wait', 5, 1, 17.25, 17.5),
    span('compute', 7, 0, 20, 24),
  ],
  [
    span('compute', 0, 0, 0, 2),
    span('wait', 0, 0, 2, 2),
    span('compute', 5, 0, 10, 15),
    span('wait', 5, 0, 15, 15.125),
    span('update', 5, 1, 15.125, 17.125),
    span('wait', 5, 1, 17.125, 17.5),
    span('compute', 7, 0, 20, 24),
  ],
];
const steps = tracedSteps({ timelines });

it('keeps the training steps that are whole', () => {
  expect(steps).toHaveLength(1);
  expect(steps[0]?.phases.map((ranks) => ranks.length)).toEqual([2, 2]);
});

it('measures barriers from the last arrival', () => {
  expect(barrierMicroseconds(steps)).toBeCloseTo(250);
});

it('adds up the waits of a step', () => {
  expect(waitMicroseconds(steps)).toBeCloseTo(1000 * ((1.5 + 0.5) / 2));
});

it('gives the working times of each phase', () => {
  expect(phaseMicroseconds(steps)).toEqual([
    [4000, 5000],
    [2000, 2000],
  ]);
});

it('takes a rank that waits for nobody to be released when it is done', () => {
  const alone = [span('compute', 3, 0, 0, 2), span('update', 3, 1, 2, 5), span('wait', 3, 1, 5, 6)];
  const traced = tracedSteps({ timelines: [alone] });
  expect(phaseMicroseconds(traced)).toEqual([[2000], [3000]]);
  expect(waitMicroseconds(traced)).toBeCloseTo(1000);
});

it('finds the time between rows of steps', () => {
  const rows = [span('compute', 3, 0, 0, 2), span('wait', 3, 0, 2, 3), span('compute', 4, 0, 7, 8)];
  expect(betweenRowsMicroseconds({ timelines: [rows] })).toBeCloseTo(2000);
});
