import type { Span } from '@lockstep/parallel';
import { expect, it } from 'vitest';
import { counted } from './recording.ts';

/** Steps of a millisecond each that a rank makes by itself, one after the other. */
const made = (steps: readonly number[], start = 1000): Span[] =>
  steps.map((step, at) => ({ kind: 'update', step, phase: 0, start: start + at, end: start + at + 1 }));

const stepsOf = (timelines: readonly (readonly Span[])[]): number[][] =>
  timelines.map((spans) => spans.map(({ step }) => step));

it('the last steps are the last of all ranks, in whatever order each makes its own', () => {
  const timelines = [made([0, 1, 3, 5, 8]), made([2, 6, 7, 4])];
  expect(stepsOf(counted(timelines, { steps: 4, seconds: 9 }, 100))).toEqual([
    [5, 8],
    [6, 7],
  ]);
});

it('the last seconds have no span that began before, and are those that every rank has kept its spans of', () => {
  const [busy, idle] = [made([4, 5, 6], 1007), made([1, 2, 3, 7], 1000)];
  expect(stepsOf(counted([busy, idle], { seconds: 0.0085 }, 100))).toEqual([
    [4, 5, 6],
    [3, 7],
  ]);
  expect(stepsOf(counted([busy, made([1, 7], 1006)], { seconds: 9 }, 3))).toEqual([[4, 5, 6], [7]]);
});
