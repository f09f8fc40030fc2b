import { describe, expect, test } from 'vitest';
import { fromArrays } from '../data/index.ts';
import { dense, sequential } from '../nn/layers/index.ts';
import type { SummedMetric } from '../nn/metrics/index.ts';
import { abs, sub } from '../ops/index.ts';
import { defineRun } from './defineRun.ts';
import { evaluate } from './evaluate.ts';
import type { EpochEvent } from './events.ts';
import type { ExecutorName } from './executors.ts';
import { fit } from './fit.ts';
import { predict } from './predict.ts';

/** The greatest column total of |output - target|, divided by the rows: a maximum of sums, so no mean over rows. */
const worstColumn: SummedMetric = {
  contributions: (output, target) => [abs(sub(output, target))],
  finish: ([columns = []], rows) => Math.max(...columns) / rows,
};

const columnTotals: SummedMetric = {
  contributions: (output, target) => [abs(sub(output, target)), sub(output, target)],
  finish: (sums) => sums,
};

const rows = 300;
const x = Array.from({ length: rows }, (_, row) => [Math.fround(row / 100 - 1), (row * 7) % 11]);
const y = x.map(([a = 0, b = 0]) => [a + b, a - b, 2 * a].map(Math.fround));
const data = fromArrays({ x, y });
const run = defineRun({
  data: { train: data, validation: data },
  model: sequential(dense(3)),
  loss: 'meanSquaredError',
  metrics: { worst: worstColumn, error: 'meanAbsoluteError', totals: { metric: columnTotals } },
  epochs: 2,
  batchSize: 64,
  learningRate: 0.001,
});

describe('a metric that is no mean over the rows', () => {
  test('is made of sums over all mini-batches, in training, validation and evaluation alike', async () => {
    const epochs: EpochEvent[] = [];
    const onEvent = (event: { readonly type: string }): void => {
      if (event.type === 'epoch') epochs.push(event as EpochEvent);
    };
    const still = defineRun({ ...run.options, learningRate: 0 });
    const result = await fit(still, { executor: 'float64', onEvent });
    const { output } = await predict(still, result.variables, data, { executor: 'float64' });
    const sums = [0, 1, 2].map((column) =>
      y.map((row, at) => Math.abs((output?.values[at * 3 + column] ?? 0) - (row[column] ?? 0))),
    );
    const columns = sums.map((column) => column.reduce((a, b) => a + b, 0));
    const wanted = expect.closeTo(Math.max(...columns) / rows, 9);
    const judged = await evaluate(still, result.variables, data, { executor: 'float64' });
    expect(epochs.length).toBe(2);
    for (const { metrics, valMetrics } of epochs) {
      expect(metrics['worst']).toEqual(wanted);
      expect(valMetrics?.['worst']).toEqual(wanted);
      expect(Object.keys(metrics)).toEqual(['worst', 'error']);
    }
    expect(judged.metrics['worst']).toEqual(wanted);
    expect(result.metrics['worst']).toEqual(wanted);
    const tables = { totals: [columns.map((total) => expect.closeTo(total, 7)), expect.any(Array)] };
    expect(judged.tables).toEqual(tables);
    expect(result).toMatchObject({ tables, valTables: tables });
  });

  test('has the same bits on every executor, for any number of workers', async () => {
    const seen = async (executor: ExecutorName, workers: number) => {
      const { history } = await fit(run, { executor, workers });
      return history.map(({ samplesPerSecond: _time, ...epoch }) => epoch);
    };
    const wanted = await seen('interpreter', 1);
    for (const workers of [1, 2, 3]) expect(await seen('wasm', workers)).toEqual(wanted);
  });

  test('what it throws ends the run', async () => {
    const broken: SummedMetric = {
      ...worstColumn,
      finish: () => {
        throw new RangeError('mine');
      },
    };
    await expect(fit(defineRun({ ...run.options, metrics: { broken } }))).rejects.toThrow('mine');
  });
});
