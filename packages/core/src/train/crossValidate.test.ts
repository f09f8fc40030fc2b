import { describe, expect, it } from 'vitest';
import { selectRows, storedRow } from '../data/dataset.ts';
import { fromArrays } from '../data/fromArrays.ts';
import { standardise } from '../data/standardise.ts';
import { dense, sequential } from '../nn/layers/index.ts';
import { crossValidate, kFoldRuns } from './crossValidate.ts';
import { defineRun } from './defineRun.ts';
import type { TrainingEvent } from './events.ts';
import { fit } from './fit.ts';
import type { RunOptions } from './runOptions.ts';

const data = fromArrays({
  x: Array.from({ length: 40 }, (_, row) => [row, (row * 7) % 11]),
  y: { values: Int32Array.from({ length: 40 }, (_, row) => Number(row % 8 === 0)), classes: 2 },
});
const options: RunOptions = {
  name: 'folds',
  data: { train: data, stratify: 'y', prepare: (rows) => standardise(rows, 'x') },
  model: sequential(dense(2)),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  epochs: 2,
  batchSize: 8,
  seed: 9,
};

describe('kFoldRuns', () => {
  const runs = kFoldRuns(options, 5);

  it('judges each run by another fold, with its share of every class', () => {
    expect(runs.map(({ name }) => name)).toEqual([1, 2, 3, 4, 5].map((fold) => `folds-fold-${fold}`));
    const judged = runs.flatMap(({ validation }) => [...(validation?.index ?? [])]);
    expect(judged.sort((a, b) => a - b)).toEqual([...Array(40).keys()]);
    for (const { validation } of runs)
      expect([...(validation?.index ?? [])].filter((row) => row % 8 === 0)).toHaveLength(1);
  });

  it('learns what is to be learnt from the rows that it trains on alone', () => {
    const offsets = runs.map(({ train }) => train.fields['x']?.preprocessing?.offset[0]);
    const means = runs.map(({ train }) => {
      const rows = Array.from({ length: train.rows }, (_, row) => storedRow(train, row));
      return rows.reduce((sum, row) => sum + row, 0) / rows.length;
    });
    expect(offsets).toEqual(means);
    expect(new Set(offsets).size).toBeGreaterThan(1);
  });

  it('refuses data that has a validation part', () => {
    expect(() => kFoldRuns({ ...options, data: { train: data, validation: 0.2 } }, 3)).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION', where: { field: 'run.data.validation' } }),
    );
  });
});

it('crossValidate gives what the folds give, and how much that differs', async () => {
  const { folds, valLoss, valMetrics } = await crossValidate(options, 4, (run) => fit(run));
  const losses = folds.map((fold) => fold.valLoss ?? Number.NaN);
  expect(folds.map(({ weightsHash }) => weightsHash)).toHaveLength(4);
  const mean = (losses[0]! + losses[1]! + losses[2]! + losses[3]!) / 4;
  expect(valLoss.mean).toBeCloseTo(mean, 12);
  const squares = losses.map((loss) => (loss - mean) ** 2).reduce((a, b) => a + b);
  expect(valLoss.deviation).toBeCloseTo(Math.sqrt(squares / 3), 12);
  expect(Object.keys(valMetrics)).toEqual(['accuracy']);
  // The same fold trained by itself.
  const alone = await fit(kFoldRuns(options, 4)[2]!);
  expect(alone.weightsHash).toBe(folds[2]?.weightsHash);
});

describe('data.prepare', () => {
  it('sees the rows to train on after others are set aside', () => {
    const { train, validation } = defineRun({
      ...options,
      data: { train: data, validation: 0.25, stratify: 'y', prepare: (rows) => standardise(rows, 'x') },
    });
    expect([train.rows, validation?.rows]).toEqual([30, 10]);
    expect(train.fields['x']?.preprocessing).toEqual(
      standardise(selectRows(data, train.index ?? []), 'x').fields['x']?.preprocessing,
    );
    expect([...(validation?.index ?? [])].filter((row) => row % 8 === 0).length).toBeGreaterThanOrEqual(1);
  });
});

describe('the balance of classes', () => {
  const eventsOf = async (rows: readonly number[]): Promise<readonly TrainingEvent[]> => {
    const events: TrainingEvent[] = [];
    const run = defineRun({ ...options, data: selectRows(data, rows), epochs: 1 });
    await fit(run, { onEvent: (event) => events.push(event) });
    return events;
  };

  it('is told at the start', async () => {
    const [start, second] = await eventsOf([...Array(40).keys()]);
    expect(start).toMatchObject({ type: 'start', classCounts: { y: [35, 5] } });
    expect(second?.type).not.toBe('warning');
  });

  it('is warned of where it is very uneven', async () => {
    const rare = [0, ...[...Array(40).keys()].filter((row) => row % 8 !== 0)];
    const [start, warning] = await eventsOf(rare);
    expect(start).toMatchObject({ classCounts: { y: [35, 1] } });
    expect(warning).toMatchObject({
      type: 'warning',
      message: expect.stringContaining('"1" has 1 of 36 rows'),
    });
  });
});
