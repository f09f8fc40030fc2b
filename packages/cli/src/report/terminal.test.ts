import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { DoneEvent, EpochEvent, StepEvent } from '@lockstep/core';
import { expect, it } from 'vitest';
import { terminalReporter } from './terminal.ts';

const step: StepEvent = {
  type: 'step',
  epoch: 1,
  step: 5,
  totalSteps: 10,
  loss: 0.5,
  learningRate: 0.01,
  samplesPerSecond: 1234,
};
const epoch: EpochEvent = {
  type: 'epoch',
  epoch: 1,
  epochs: 1,
  step: 10,
  loss: 0.25,
  metrics: {},
  learningRate: 0.01,
  samplesPerSecond: 1,
};
const done: DoneEvent = {
  type: 'done',
  reason: 'finished',
  epochs: 1,
  steps: 10,
  loss: 0.25,
  metrics: {},
  weightsHash: 'sha256:00',
  samplesPerSecond: 1,
  wallSeconds: 2,
};

it('draws a bar over itself, and leaves epochs and the result behind', () => {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), {
    isTTY: true,
    columns: 100,
    rows: 30,
  });
  const reporter = terminalReporter(stream);
  const shown = (): string => {
    const text: unknown = stream.read();
    return typeof text === 'string' ? text : '';
  };
  reporter.listener(step);
  const bar = shown();
  expect(bar).toContain('━'.repeat(15));
  expect(bar).toContain('50 %  epoch 1  loss 0.5  1,234 samples/s');
  reporter.listener({ ...step, step: 6 });
  // The first frame is erased, line by line, before the second is drawn.
  expect(shown()).toContain('\u001b[2K');
  reporter.listener(epoch);
  expect(stripVTControlCharacters(shown())).toBe('epoch 1/1  loss 0.25  1 samples/s\n');
  reporter.listener(done);
  reporter.close();
  expect(stripVTControlCharacters(shown())).toContain('weights sha256:00\n');
});
