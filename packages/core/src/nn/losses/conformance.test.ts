import { describe, expect, test } from 'vitest';
import { grad } from '../../autodiff/grad.ts';
import { input } from '../../graph/leaves.ts';
import type { Node, SampleInput } from '../../graph/node.ts';
import { sum } from '../../ops/index.ts';
import { bitsOf } from '../../runtime/testing/bits.ts';
import { executors, oracle, reference, runGraph } from '../../runtime/testing/executors.ts';
import { drawValues, randomNumbers } from '../../runtime/testing/sampleCase.ts';
import { slopeError } from '../../runtime/testing/slope.ts';
import { sizeOf } from '../../tensor/tensorType.ts';
import {
  binaryCrossentropy,
  binaryFocalCrossentropy,
  categoricalCrossentropy,
  huber,
  type Loss,
  losses,
  sparseCategoricalCrossentropy,
  sparseCategoricalFocalCrossentropy,
} from './index.ts';

/** A loss, what it is given, and its value of one row in plain float64. */
interface LossCase {
  readonly name: string;
  readonly loss: Loss;
  readonly output: SampleInput;
  readonly target: SampleInput;
  readonly wanted: (output: readonly number[], target: readonly number[]) => number;
}

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const mean = (values: readonly number[]): number => total(values) / values.length;
const at = (values: readonly number[], position: number): number => values[position] ?? Number.NaN;
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

function softmax(z: readonly number[]): number[] {
  const exponentials = z.map((value) => Math.exp(value - Math.max(...z)));
  return exponentials.map((value) => value / total(exponentials));
}

/** The mean over the elements of a row. */
const elements =
  (of: (output: number, target: number) => number): LossCase['wanted'] =>
  (output, target) =>
    mean(output.map((value, position) => of(value, at(target, position))));

/** The sum over the classes, by their probabilities. */
const classes =
  (of: (probability: number, target: number) => number): LossCase['wanted'] =>
  (output, target) =>
    total(softmax(output).map((p, position) => of(p, at(target, position))));

/** By the probability of the label. */
const ofLabel =
  (of: (probabilities: readonly number[], label: number) => number): LossCase['wanted'] =>
  (output, [label = 0]) =>
    of(softmax(output), label);

const rows = 7;
const float = (shape: readonly number[], range: readonly [number, number]): SampleInput => ({
  shape: [rows, ...shape],
  dtype: 'float32',
  range,
});
const labels = (count: number): SampleInput => ({ shape: [rows], dtype: 'int32', range: [0, count - 1] });
const answers = (shape: readonly number[]): SampleInput => ({
  shape: [rows, ...shape],
  dtype: 'float32',
  values: Array.from({ length: rows * sizeOf(shape) }, (_, position) => ((position * 5) % 3 === 0 ? 1 : 0)),
});
/** Half of the classes have probability 0. */
const probabilities = (count: number): SampleInput => ({
  shape: [rows, count],
  dtype: 'float32',
  values: Array.from({ length: rows * count }, (_, position) => (position % 2 === 0 ? 0 : 2 / count)),
});

const real = float([3, 2], [-3, 3]);
const five = float([5], [-3, 3]);

const hingeOfLabel = (output: readonly number[], label: number): number =>
  Math.max(0, 1 + Math.max(...output.filter((_, position) => position !== label)) - at(output, label));

const cases: readonly LossCase[] = [
  {
    name: 'meanSquaredError',
    loss: losses.meanSquaredError,
    output: real,
    target: real,
    wanted: elements((y, t) => (y - t) ** 2),
  },
  {
    name: 'meanAbsoluteError',
    loss: losses.meanAbsoluteError,
    output: real,
    target: float([3, 2], [4, 9]),
    wanted: elements((y, t) => Math.abs(y - t)),
  },
  {
    name: 'huber',
    loss: losses.huber,
    output: real,
    target: real,
    wanted: elements((y, t) => (Math.abs(y - t) <= 1 ? (y - t) ** 2 / 2 : Math.abs(y - t) - 0.5)),
  },
  {
    name: 'huber with delta',
    loss: huber({ delta: 2.5 }),
    output: real,
    target: real,
    wanted: elements((y, t) => (Math.abs(y - t) <= 2.5 ? (y - t) ** 2 / 2 : 2.5 * (Math.abs(y - t) - 1.25))),
  },
  {
    name: 'logCosh',
    loss: losses.logCosh,
    output: real,
    target: real,
    wanted: elements((y, t) => Math.log(Math.cosh(y - t))),
  },
  {
    name: 'binaryCrossentropy',
    loss: losses.binaryCrossentropy,
    output: real,
    target: answers([3, 2]),
    wanted: elements((z, y) => -Math.log(y === 1 ? sigmoid(z) : sigmoid(-z))),
  },
  {
    name: 'binaryCrossentropy with smoothing',
    loss: binaryCrossentropy({ labelSmoothing: 0.2 }),
    output: real,
    target: answers([3, 2]),
    wanted: elements((z, y) => {
      const yes = y === 1 ? 0.9 : 0.1;
      return -yes * Math.log(sigmoid(z)) - (1 - yes) * Math.log(sigmoid(-z));
    }),
  },
  {
    name: 'binaryFocalCrossentropy',
    loss: losses.binaryFocalCrossentropy,
    output: real,
    target: answers([3, 2]),
    wanted: elements((z, y) => {
      const p = sigmoid(y === 1 ? z : -z);
      return -((1 - p) ** 2) * Math.log(p);
    }),
  },
  {
    name: 'binaryFocalCrossentropy with alpha, and targets in between',
    loss: binaryFocalCrossentropy({ gamma: 0.5, alpha: 0.25 }),
    output: float([3], [-3, 3]),
    target: float([3], [0, 1]),
    wanted: elements((z, y) => {
      const part = (p: number): number => -Math.sqrt(1 - p) * Math.log(p);
      return 0.25 * y * part(sigmoid(z)) + 0.75 * (1 - y) * part(sigmoid(-z));
    }),
  },
  {
    name: 'hinge',
    loss: losses.hinge,
    output: float([4], [-3, 3]),
    target: answers([4]),
    wanted: elements((z, y) => Math.max(0, 1 - (y === 1 ? z : -z))),
  },
  {
    name: 'categoricalCrossentropy',
    loss: losses.categoricalCrossentropy,
    output: five,
    target: probabilities(5),
    wanted: classes((p, t) => -t * Math.log(p)),
  },
  {
    name: 'categoricalCrossentropy with smoothing',
    loss: categoricalCrossentropy({ labelSmoothing: 0.1 }),
    output: five,
    target: probabilities(5),
    wanted: classes((p, t) => -(0.9 * t + 0.02) * Math.log(p)),
  },
  {
    name: 'categoricalFocalCrossentropy',
    loss: losses.categoricalFocalCrossentropy,
    output: five,
    target: probabilities(5),
    wanted: classes((p, t) => -t * (1 - p) ** 2 * Math.log(p)),
  },
  {
    name: 'categoricalHinge of dense targets',
    loss: losses.categoricalHinge,
    output: five,
    target: float([5], [0, 1]),
    wanted: (z, t) => hingeOfLabel(z, t.indexOf(Math.max(...t))),
  },
  {
    name: 'categoricalHinge',
    loss: losses.categoricalHinge,
    output: five,
    target: labels(5),
    wanted: (z, [label = 0]) => hingeOfLabel(z, label),
  },
  {
    name: 'klDivergence',
    loss: losses.klDivergence,
    output: five,
    target: probabilities(5),
    wanted: classes((p, t) => (t === 0 ? 0 : t * Math.log(t / p))),
  },
  {
    name: 'cosineDistance',
    loss: losses.cosineDistance,
    output: float([2, 5], [-3, 3]),
    target: float([2, 5], [-3, 3]),
    wanted: (y, t) =>
      mean(
        [0, 5].map((start) => {
          const [a, b] = [y.slice(start, start + 5), t.slice(start, start + 5)];
          return (
            1 -
            total(a.map((value, position) => value * at(b, position))) / (Math.hypot(...a) * Math.hypot(...b))
          );
        }),
      ),
  },
  {
    name: 'sparseCategoricalCrossentropy',
    loss: losses.sparseCategoricalCrossentropy,
    output: five,
    target: labels(5),
    wanted: ofLabel((p, label) => -Math.log(at(p, label))),
  },
  {
    name: 'sparseCategoricalCrossentropy with smoothing',
    loss: sparseCategoricalCrossentropy({ labelSmoothing: 0.1 }),
    output: five,
    target: labels(5),
    wanted: ofLabel((p, label) =>
      total(p.map((each, position) => -(position === label ? 0.92 : 0.02) * Math.log(each))),
    ),
  },
  {
    name: 'sparseCategoricalFocalCrossentropy',
    loss: losses.sparseCategoricalFocalCrossentropy,
    output: five,
    target: labels(5),
    wanted: ofLabel((p, label) => -((1 - at(p, label)) ** 2) * Math.log(at(p, label))),
  },
  {
    name: 'sparseCategoricalFocalCrossentropy with gamma',
    loss: sparseCategoricalFocalCrossentropy({ gamma: 1.5 }),
    output: five,
    target: labels(5),
    wanted: ofLabel((p, label) => -((1 - at(p, label)) ** 1.5) * Math.log(at(p, label))),
  },
];

function build({ loss, output, target }: LossCase) {
  const random = randomNumbers(3);
  const values = { output: drawValues(output, random), target: drawValues(target, random) };
  const outputNode = input('output', { shape: output.shape, batchAxis: 0 });
  const targetNode = input('target', { shape: target.shape, dtype: target.dtype, batchAxis: 0 });
  const perRow = loss(outputNode, targetNode);
  const [gradient = outputNode] = grad(sum(perRow), [outputNode]);
  return { values, perRow, loss: sum(perRow), gradient };
}

const graphOf = (outputs: Readonly<Record<string, Node>>) => ({ name: 'loss', outputs, updates: [] });
const sizes = { batchSize: rows, lanes: 1 };

describe.each(cases.map((each) => [each.name, each] as const))('%s', (_name, each) => {
  test('gives what a plain float64 reference gives, row by row', () => {
    const { values, perRow } = build(each);
    expect(perRow).toMatchObject({ shape: [rows], dtype: 'float32', batchAxis: 0 });
    const got = Array.from(runGraph(reference, graphOf({ perRow }), sizes, values)['perRow'] ?? []);
    const rowOf = (list: readonly number[], row: number): readonly number[] =>
      list.slice((row * list.length) / rows, ((row + 1) * list.length) / rows);
    const wanted = Array.from({ length: rows }, (_, row) =>
      each.wanted(rowOf(values.output, row), rowOf(values.target, row)),
    );
    expect(got).toEqual(wanted.map((value) => expect.closeTo(value, 11)));
    expect(new Set(wanted).size).toBeGreaterThan(1);
  });

  test('has a gradient that is the slope', () => {
    const { values, loss, gradient } = build(each);
    expect(slopeError({ loss, gradients: { output: gradient } }, sizes, values)).toBeLessThan(1e-7);
  });

  test('has the same bits on every executor', () => {
    const { values, perRow, gradient } = build(each);
    const graph = graphOf({ perRow, gradient });
    const wanted = runGraph(oracle, graph, sizes, values);
    for (const [name, make] of Object.entries(executors)) {
      const got = runGraph(make, graph, sizes, values);
      for (const [output, list] of Object.entries(wanted))
        expect(bitsOf(got[output] ?? []), `${name}, ${output}`).toEqual(bitsOf(list));
    }
  });
});

test('every loss by name has a case', () => {
  const named = new Set(cases.map(({ name }) => name));
  expect(Object.keys(losses).filter((name) => !named.has(name))).toEqual([]);
});
