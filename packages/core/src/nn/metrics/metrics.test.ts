import { expect, test } from 'vitest';
import { input } from '../../graph/leaves.ts';
import { runOnce } from '../../runtime/testing/runOnce.ts';
import {
  binaryAccuracyAt,
  type MetricName,
  metrics,
  type RowMetric,
  toMetric,
  topKAccuracy,
} from './index.ts';

interface Tensor {
  readonly shape: readonly number[];
  readonly dtype?: 'float32' | 'int32';
  readonly values: readonly number[];
}

function run(metric: RowMetric, output: Tensor, target: Tensor): readonly number[] {
  const node = (name: string, { shape, dtype = 'float32' }: Tensor) =>
    input(name, { shape, dtype, batchAxis: 0 });
  const rows = metric(node('output', output), node('target', target));
  expect(rows).toMatchObject({ shape: [output.shape[0]], dtype: 'float32', batchAxis: 0 });
  const values = { output: output.values, target: target.values };
  return runOnce({ rows }, values, { batchSize: output.shape[0] ?? 0 }).rows;
}

test('accuracy compares the greatest output with the label, the first of equals', () => {
  const output = { shape: [4, 3], values: [0, 1, 2, 5, 5, 1, 3, 2, 1, 1, 3, 2] };
  expect(run(metrics.accuracy, output, { shape: [4], dtype: 'int32', values: [2, 1, 0, 1] })).toEqual([
    1, 0, 1, 1,
  ]);
});

test('top-k accuracy looks at the k greatest outputs, the first of equals, and at no NaN', () => {
  const output = { shape: [5, 3], values: [0, 1, 2, 5, 5, 1, 3, 2, 1, 2, 2, 2, Number.NaN, 1, 2] };
  const target = { shape: [5], dtype: 'int32', values: [1, 1, 2, 2, 0] } as const;
  expect(run(topKAccuracy(1), output, target)).toEqual([0, 0, 0, 0, 0]);
  expect(run(topKAccuracy(2), output, target)).toEqual([1, 1, 0, 0, 0]);
  expect(run(topKAccuracy(3), output, target)).toEqual([1, 1, 1, 1, 1]);
  const dense = { shape: [1, 3], values: [0.2, 0.1, 0.7] };
  expect(run(topKAccuracy(1), { shape: [1, 3], values: [1, 2, 3] }, dense)).toEqual([1]);
  expect(() => topKAccuracy(0)).toThrow('topKAccuracy.k');
});

test('accuracy takes dense targets', () => {
  const output = { shape: [2, 3], values: [0, 1, 2, 5, 5, 1] };
  expect(run(metrics.accuracy, output, { shape: [2, 3], values: [0.1, 0.2, 0.7, 0, 1, 0] })).toEqual([1, 0]);
});

test.each(['float32', 'int32'] as const)(
  'accuracy of one logit a row is that of its sign (%s targets)',
  (dtype) => {
    const output = { shape: [4, 1], values: [-1, 0.5, 0, 2] };
    expect(run(metrics.accuracy, output, { shape: [4], dtype, values: [0, 1, 1, 0] })).toEqual([1, 1, 0, 0]);
  },
);

test('binary accuracy is the share of right answers of a row', () => {
  const output = { shape: [2, 4], values: [1, -1, 1, -1, 0.4, 0.6, 0.4, 0.6] };
  const target = { shape: [2, 4], values: [1, 0, 0, 1, 1, 1, 0, 0] };
  expect(run(metrics.binaryAccuracy, output, target)).toEqual([0.5, 0.5]);
  expect(run(binaryAccuracyAt(0.5), output, target)).toEqual([0.5, 0.5]);
  expect(
    run(binaryAccuracyAt(0.5), { shape: [1, 2], values: [0.4, 0.6] }, { shape: [1, 2], values: [0, 1] }),
  ).toEqual([1]);
});

test('mean absolute and mean squared error', () => {
  const output = { shape: [2, 2], values: [1, 2, 3, 4] };
  const target = { shape: [2, 2], values: [0, 4, 3, 8] };
  expect(run(metrics.meanAbsoluteError, output, target)).toEqual([1.5, 2]);
  expect(run(metrics.meanSquaredError, output, target)).toEqual([2.5, 8]);
});

test('a metric can be given by name, and a wrong name is answered with the nearest', () => {
  expect(toMetric('accuracy')).toBe(metrics.accuracy);
  expect(() => toMetric('acuracy' as MetricName)).toThrow('Did you mean "accuracy"?');
});
