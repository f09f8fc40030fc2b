import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { DoneEvent, EpochEvent, StartEvent, StepEvent } from '@lockstep/core';
import { expect, it } from 'vitest';
import { terminalReporter } from './terminal.ts';

const start: StartEvent = {
  type: 'start',
  name: 'run',
  workers: 1,
  mode: 'sync',
  numerics: 'strict',
  parameters: 10,
  lanes: 1,
  seed: 0,
  epochs: 1,
  batchSize: 8,
  stepsPerEpoch: 10,
  rows: 80,
  validationRows: 0,
  classCounts: {},
};
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

function open() {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), {
    isTTY: true,
    columns: 100,
    rows: 30,
  });
  const shown = (): string => {
    const text: unknown = stream.read();
    return typeof text === 'string' ? text : '';
  };
  const reporter = terminalReporter(stream);
  reporter.listener(start);
  return { stream, shown, reporter };
}

it('draws a picture over itself, and leaves epochs and the result behind', () => {
  const { shown, reporter } = open();
  shown();
  reporter.listener(step);
  const picture = shown();
  expect(picture).toContain('━'.repeat(15));
  expect(stripVTControlCharacters(picture)).toContain('50 %  0:0');
  expect(picture).toContain('loss 0.5');
  expect(picture).toContain('1,234 samples/s');
  reporter.listener(epoch);
  const afterEpoch = shown();
  // The picture is erased, line by line, before what stays is written.
  expect(afterEpoch).toContain('\u001b[2K');
  expect(stripVTControlCharacters(afterEpoch)).toContain('epoch 1/1  loss 0.25  1 samples/s\n━');
  reporter.listener(done);
  reporter.close();
  const end = stripVTControlCharacters(shown());
  expect(end).toContain('weights sha256:00\n');
  expect(end).not.toContain('━');
});

it('is drawn anew when the terminal gets another width, until it is closed', () => {
  const { stream, shown, reporter } = open();
  reporter.listener(step);
  shown();
  stream.columns = 20;
  stream.emit('resize');
  const narrow = stripVTControlCharacters(shown()).split('\n');
  expect(narrow.length).toBeGreaterThan(1);
  for (const line of narrow) expect(line.length).toBeLessThan(20);
  reporter.close();
  shown();
  stream.emit('resize');
  expect(shown()).toBe('');
});
