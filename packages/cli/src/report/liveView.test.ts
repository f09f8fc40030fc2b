import type { EpochEvent, StartEvent, StepEvent } from '@lockstep/core';
import { expect, it } from 'vitest';
import { LiveView } from './liveView.ts';

const start: StartEvent = {
  type: 'start',
  name: 'run',
  workers: 2,
  mode: 'sync',
  numerics: 'strict',
  parameters: 10,
  lanes: 1,
  seed: 0,
  epochs: 4,
  batchSize: 8,
  stepsPerEpoch: 10,
  rows: 80,
  validationRows: 0,
  classCounts: {},
};
const step: StepEvent = {
  type: 'step',
  epoch: 2,
  step: 15,
  totalSteps: 40,
  loss: 0.5,
  learningRate: 0.01,
  samplesPerSecond: 12_345,
  waiting: 0.126,
};
const epoch: EpochEvent = {
  type: 'epoch',
  epoch: 1,
  epochs: 4,
  step: 10,
  loss: 0.75,
  metrics: { accuracy: 0.25 },
  valLoss: 1,
  valMetrics: { accuracy: 0.5 },
  learningRate: 0.01,
  samplesPerSecond: 10_000,
};

/** A view on a clock that stands still, 30 seconds after the start. */
function viewOf(...events: readonly (StartEvent | StepEvent | EpochEvent)[]): LiveView {
  let now = 0;
  const view = new LiveView(
    () => now,
    () => 200 * 2 ** 20,
  );
  for (const event of events) {
    if (event.type === 'start') view.start(event);
    else if (event.type === 'step') view.step(event);
    else view.epoch(event);
  }
  now = 30_000;
  return view;
}

it('says how far the run and its epoch are, what is learnt and how the machine does', () => {
  const { bar, progress, lines } = viewOf(start, epoch, { ...epoch, valLoss: 0.5 }, step).frame(100);
  expect(bar).toEqual({ done: 11, left: 19 });
  // 15 of 40 steps in 30 s.
  expect(progress).toBe('37 %  0:50 left  epoch 2/4  50 % of it');
  expect(lines).toEqual(['loss 0.5 █▁  val accuracy 0.5 ▁▁', '12,345 samples/s  workers wait 13 %  200 MiB']);
});

it('has no speed of a resumed epoch that no step was made of', () => {
  const { lines } = viewOf(start, { ...epoch, samplesPerSecond: 0 }).frame(100);
  expect(lines.at(-1)).toBe('200 MiB');
});

it('goes by the steps of its own where a run is resumed', () => {
  const resumed = viewOf({ ...start, resumedAt: 10 }, step);
  // 5 steps in 30 s, 25 to go.
  expect(resumed.frame(100).progress).toContain('2:30 left');
});

it('has something to say before there is anything to see', () => {
  expect(viewOf(start).frame(100)).toEqual({
    bar: { done: 0, left: 30 },
    progress: '0 %  epoch 1/4  0 % of it',
    lines: ['200 MiB'],
  });
});

it('fits into a terminal of any width', () => {
  const view = viewOf(start, epoch, { ...epoch, valLoss: 0.5 }, step);
  for (let columns = 1; columns <= 120; columns += 1) {
    const { bar, progress, lines } = view.frame(columns);
    const all = [`${'━'.repeat(bar.done + bar.left)} ${progress}`.trimEnd(), ...lines];
    for (const line of all) expect(line.length).toBeLessThan(Math.max(2, columns));
  }
});

it('keeps a curve of bounded length, whose ends are those of the run', () => {
  const view = viewOf(start);
  for (let at = 1; at <= 10_000; at += 1) view.epoch({ ...epoch, valLoss: at, epoch: at });
  expect(view.frame(100).lines[0]).toContain('loss 0.75 ▁▁▂▂▃▃▄▄▅▅▆▆▇▇██');
});
