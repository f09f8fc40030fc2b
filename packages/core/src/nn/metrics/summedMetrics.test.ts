import { describe, expect, test } from 'vitest';
import { input } from '../../graph/leaves.ts';
import type { Node } from '../../graph/node.ts';
import { sum } from '../../ops/index.ts';
import { bitsOf } from '../../runtime/testing/bits.ts';
import { executors, oracle, runGraph } from '../../runtime/testing/executors.ts';
import { randomNumbers } from '../../runtime/testing/sampleCase.ts';
import { auc, f1, metrics, precision, recall, type SummedMetric } from './index.ts';

interface Tensor {
  readonly shape: readonly number[];
  readonly dtype?: 'float32' | 'int32';
  readonly values: readonly number[];
}

/** What a metric says of all rows, from sums that have the same bits on every executor. */
function measure(metric: SummedMetric, output: Tensor, target: Tensor) {
  const [rows = 1] = output.shape;
  const node = (name: string, { shape, dtype = 'float32' }: Tensor): Node =>
    input(name, { shape, dtype, batchAxis: 0 });
  const perRow = metric.contributions(node('output', output), node('target', target));
  const outputs = Object.fromEntries(perRow.map((each, at) => [`${at}`, sum(each, { axes: [0] })]));
  const graph = { name: 'metric', outputs, updates: [] };
  const values = { output: output.values, target: target.values };
  const sizes = { batchSize: rows, lanes: 2 };
  const wanted = runGraph(oracle, graph, sizes, values);
  for (const [name, make] of Object.entries(executors)) {
    const got = runGraph(make, graph, sizes, values);
    for (const [at, list] of Object.entries(wanted))
      expect(bitsOf(got[at] ?? []), `${name}, ${at}`).toEqual(bitsOf(list));
  }
  return metric.finish(
    perRow.map((_each, at) => Array.from(wanted[at] ?? [])),
    rows,
  );
}

const random = randomNumbers(4);
const rows = 60;
const draw = (length: number, of: (x: number) => number): number[] =>
  Array.from({ length }, () => Math.fround(of(random())));
const wide = (x: number): number => 4 * x - 2;

const logits: Tensor = { shape: [rows, 4], values: draw(rows * 4, wide) };
/** No row is of class 3. */
const labels: Tensor = { shape: [rows], dtype: 'int32', values: draw(rows, (x) => Math.floor(3 * x)) };
const said = Array.from({ length: rows }, (_, row) => {
  const of = logits.values.slice(row * 4, row * 4 + 4);
  return of.indexOf(Math.max(...of));
});

const count = (of: (row: number) => boolean): number =>
  Array.from({ length: rows }, (_, row) => of(row)).filter(Boolean).length;
const rightOf = (each: number): number => count((row) => said[row] === each && labels.values[row] === each);
const saidOf = (each: number): number => count((row) => said[row] === each);
const meantOf = (each: number): number => count((row) => labels.values[row] === each);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const all = [0, 1, 2, 3];

describe('classes', () => {
  test('all of them are said, and all but one meant', () => {
    expect(all.map(saidOf).every((rowsOf) => rowsOf > 0)).toBe(true);
    expect(all.map(meantOf).map((rowsOf) => rowsOf > 0)).toEqual([true, true, true, false]);
  });

  test('precision, recall and F1 are means over the classes that occur', () => {
    const f1Of = (each: number): number => (2 * rightOf(each)) / (saidOf(each) + meantOf(each));
    const recallOf = (each: number): number => (each === 3 ? 0 : rightOf(each) / meantOf(each));
    const precisionOf = (each: number): number => rightOf(each) / saidOf(each);
    expect(measure(metrics.precision, logits, labels)).toBeCloseTo(mean(all.map(precisionOf)), 12);
    expect(measure(metrics.recall, logits, labels)).toBeCloseTo(mean(all.map(recallOf)), 12);
    expect(measure(metrics.f1, logits, labels)).toBeCloseTo(mean(all.map(f1Of)), 12);
    expect(measure(precision({ class: 2 }), logits, labels)).toBeCloseTo(precisionOf(2), 12);
    expect(measure(recall({ class: 3 }), logits, labels)).toBe(0);
    const right = count((row) => said[row] === labels.values[row]);
    for (const metric of [precision, recall, f1])
      expect(measure(metric({ average: 'micro' }), logits, labels)).toBeCloseTo(right / rows, 12);
  });

  test('one-hot targets are as good as labels', () => {
    const oneHot = labels.values.flatMap((label) => all.map((each) => (each === label ? 1 : 0)));
    const dense = { shape: [rows, 4], values: oneHot };
    for (const metric of [metrics.precision, metrics.f1, metrics.confusionMatrix])
      expect(measure(metric, logits, dense)).toEqual(measure(metric, logits, labels));
  });

  test('the confusion matrix has the classes that are meant down and those that are said across', () => {
    const wanted = all.map((meant) =>
      all.map((each) => count((row) => labels.values[row] === meant && said[row] === each)),
    );
    expect(measure(metrics.confusionMatrix, logits, labels)).toEqual(wanted);
  });
});

describe('yes-or-no answers', () => {
  const output: Tensor = { shape: [6, 1], values: [2, -1, 0.5, 3, -2, -0.1] };
  const target: Tensor = { shape: [6], dtype: 'int32', values: [1, 1, 0, 1, 0, 1] };

  test('are counted by those that are yes', () => {
    expect(measure(metrics.precision, output, target)).toBeCloseTo(2 / 3, 12);
    expect(measure(metrics.recall, output, target)).toBeCloseTo(2 / 4, 12);
    expect(measure(metrics.f1, output, target)).toBeCloseTo(4 / 7, 12);
    expect(measure(precision({ threshold: 1 }), output, target)).toBe(1);
    expect(measure(metrics.confusionMatrix, output, target)).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  test('of several labels are counted column by column', () => {
    const two = { shape: [3, 2], values: [1, 1, 1, -1, -1, 1] };
    const meant = { shape: [3, 2], values: [1, 0, 0, 0, 1, 1] };
    expect(measure(precision({ multiLabel: true }), two, meant)).toBeCloseTo((1 / 2 + 1 / 2) / 2, 12);
    expect(measure(recall({ multiLabel: true }), two, meant)).toBeCloseTo((1 / 2 + 1) / 2, 12);
    expect(measure(f1({ multiLabel: true, average: 'micro' }), two, meant)).toBeCloseTo(4 / 7, 12);
  });

  test('that are never yes have precision, recall and F1 0', () => {
    const never = { shape: [2, 1], values: [-1, -1] };
    const no = { shape: [2, 1], values: [0, 0] };
    for (const metric of [metrics.precision, metrics.recall, metrics.f1])
      expect(measure(metric, never, no)).toBe(0);
  });
});

describe('area under the curve', () => {
  const z: Tensor = { shape: [rows, 1], values: draw(rows, wide) };
  const yes: Tensor = {
    shape: [rows, 1],
    values: z.values.map((value) => (value + wide(random()) > 0 ? 1 : 0)),
  };

  /** Of all pairs of a yes and a no, the share in which the yes has more; half for equals. */
  function ofPairs(score: (z: number) => number): number {
    let [pairs, won] = [0, 0];
    for (const [a, above] of z.values.entries())
      for (const [b, below] of z.values.entries()) {
        if (yes.values[a] !== 1 || yes.values[b] !== 0) continue;
        pairs += 1;
        won += score(above) > score(below) ? 1 : score(above) === score(below) ? 0.5 : 0;
      }
    return won / pairs;
  }

  test('is the share of pairs in order, answers in the same bin being equal', () => {
    const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
    for (const bins of [2, 10, 200])
      expect(measure(auc({ bins }), z, yes)).toBeCloseTo(
        ofPairs((value) => Math.floor(sigmoid(value) * bins)),
        12,
      );
    expect(measure(metrics.auc, z, yes)).toBeCloseTo(
      ofPairs((value) => value),
      2,
    );
  });

  test('takes probabilities, 1 included', () => {
    const output = { shape: [4], values: [1, 0, 1, 0.5] };
    const target = { shape: [4], values: [1, 0, 0, 1] };
    expect(measure(auc({ outputs: 'probabilities' }), output, target)).toBe((0.5 + 1 + 0 + 1) / 4);
  });

  test('is NaN if all answers are the same', () => {
    const ones = { shape: [2, 1], values: [1, 1] };
    expect(measure(metrics.auc, { shape: [2, 1], values: [1, -1] }, ones)).toBeNaN();
  });
});

describe('regression', () => {
  const output: Tensor = { shape: [rows, 3], values: draw(rows * 3, wide) };
  const target: Tensor = { shape: [rows, 3], values: draw(rows * 3, (x) => wide(x) + 1) };
  const differences = target.values.map((value, at) => value - (output.values[at] ?? 0));

  test('root mean squared error', () => {
    expect(measure(metrics.rootMeanSquaredError, output, target)).toBeCloseTo(
      Math.sqrt(mean(differences.map((each) => each ** 2))),
      5,
    );
  });

  test('R² is the mean of that of every number', () => {
    const wanted = [0, 1, 2].map((column) => {
      const ofColumn = (values: readonly number[]) => values.filter((_value, at) => at % 3 === column);
      const targets = ofColumn(target.values);
      const deviations = targets.map((value) => (value - mean(targets)) ** 2);
      return 1 - mean(ofColumn(differences).map((each) => each ** 2)) / mean(deviations);
    });
    expect(measure(metrics.r2, output, target)).toBeCloseTo(mean(wanted), 5);
    expect(measure(metrics.r2, target, target)).toBe(1);
  });

  test('R² of a target that never changes is 1 for itself and else 0', () => {
    const constant = { shape: [2, 1], values: [3, 3] };
    expect(measure(metrics.r2, constant, constant)).toBe(1);
    expect(measure(metrics.r2, { shape: [2, 1], values: [3, 4] }, constant)).toBe(0);
  });
});

test('bad options are refused', () => {
  expect(() => precision({ class: -1 })).toThrow('precision.class');
  expect(() => auc({ bins: 0 })).toThrow('auc.bins');
});
