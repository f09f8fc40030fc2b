import { expect, test } from 'vitest';
import { describeDone, describeEpoch } from './describe.ts';

const done = {
  type: 'done',
  reason: 'finished',
  epochs: 2,
  steps: 10,
  loss: 0.5,
  metrics: { accuracy: 0.75 },
  tables: {
    confusionMatrix: [
      [8, 2],
      [0, 110],
    ],
  },
  weightsHash: 'sha256:00',
  samplesPerSecond: 1234,
  wallSeconds: 1.5,
} as const;

test('a matrix is shown row by row, below the numbers', () => {
  expect(describeDone(done)).toEqual([
    '2 epochs, 10 steps in 1.5 s, 1,234 samples/s',
    'loss 0.5  accuracy 0.75',
    'confusionMatrix',
    '    8    2',
    '    0  110',
    'weights sha256:00',
  ]);
});

test('no speed is shown of a run, or an epoch, that made no steps', () => {
  const [line] = describeDone({ ...done, samplesPerSecond: 0, reason: 'max-steps' });
  expect(line).toBe('2 epochs, 10 steps in 1.5 s (stopped at the limit of steps)');
  const epoch = {
    type: 'epoch',
    epoch: 1,
    epochs: 4,
    step: 5,
    loss: 1,
    metrics: {},
    learningRate: 0.1,
  } as const;
  expect(describeEpoch({ ...epoch, samplesPerSecond: 0 })).toBe('epoch 1/4  loss 1');
  expect(describeEpoch({ ...epoch, samplesPerSecond: 2000 })).toBe('epoch 1/4  loss 1  2,000 samples/s');
});

test('that of the held-out rows is shown, if there are any', () => {
  const judged = { ...done, valLoss: 1, valMetrics: {}, valTables: { confusionMatrix: [[3]] } };
  expect(describeDone(judged).slice(2, 5)).toEqual(['held-out loss 1', 'held-out confusionMatrix', '  3']);
});

test('how late updates were is shown for each worker, if it was measured', () => {
  const staleness = [
    { updates: 1500, mean: 1.23456, max: 7, histogram: [] },
    { updates: 12, mean: 0, max: 0, histogram: [12] },
  ];
  expect(describeDone({ ...done, staleness })).toContain(
    'staleness  worker 0: 1,500 updates, 1.235 late, at most 7; worker 1: 12 updates, 0 late, at most 0',
  );
});
