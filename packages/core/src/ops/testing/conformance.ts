import { expect, test } from 'vitest';
import { grad } from '../../autodiff/grad.ts';
import { lower } from '../../compile/lower.ts';
import type { Graph } from '../../graph/graph.ts';
import { constant } from '../../graph/leaves.ts';
import type { Node, Op, Sample } from '../../graph/node.ts';
import { bitsOf } from '../../runtime/testing/bits.ts';
import type { Sizes } from '../../runtime/testing/executors.ts';
import { executors, oracle, reference, runGraph } from '../../runtime/testing/executors.ts';
import { isUnknown } from '../../runtime/testing/interval.ts';
import { IntervalRun } from '../../runtime/testing/intervalRun.ts';
import type { SampleCase } from '../../runtime/testing/sampleCase.ts';
import { randomNumbers, sampleCase } from '../../runtime/testing/sampleCase.ts';
import { slopeError } from '../../runtime/testing/slope.ts';
import { sizeOf } from '../../tensor/tensorType.ts';
import { add, mul, square, sum } from '../index.ts';

const graphOf = (outputs: Readonly<Record<string, Node>>): Graph => ({ name: 'case', outputs, updates: [] });

/** A scalar that every element of the result has a part in. */
function weighted(node: Node): Node {
  const random = randomNumbers(99);
  const weights = Float32Array.from({ length: sizeOf(node.shape) }, () => random() * 2 - 1);
  return sum(mul(node, constant(weights, { shape: node.shape })));
}

const differentiable = ({ inputs }: SampleCase): SampleCase['inputs'] =>
  inputs.filter((each) => !each.constant);

/** Every executor gives the oracle's bits, however the mini-batch is cut. */
function expectEqualBits(graph: Graph, { values, batchSize }: SampleCase): void {
  for (const lanes of batchSize > 1 ? [1, 3] : [1]) {
    const sizes: Sizes = { batchSize, lanes };
    const wanted = runGraph(oracle, graph, sizes, values);
    for (const [name, make] of Object.entries(executors)) {
      const got = runGraph(make, graph, sizes, values);
      for (const output of Object.keys(graph.outputs))
        expect(bitsOf(got[output] ?? []), `${name}, ${lanes} lanes, ${output}`).toEqual(
          bitsOf(wanted[output] ?? []),
        );
    }
  }
}

function checkGradient(op: Op, sample: Sample): void {
  const tested = sampleCase(op, sample, 7);
  const inputs = differentiable(tested);
  const loss = weighted(tested.node);
  const gradients = grad(
    loss,
    inputs.map((each) => each.node),
  );
  const outputs = Object.fromEntries(gradients.map((node, at) => [inputs[at]?.name ?? '', node]));
  for (const [at, each] of inputs.entries()) expect(gradients[at]?.shape).toEqual(each.node.shape);

  const sizes: Sizes = { batchSize: tested.batchSize, lanes: Math.min(2, Math.max(1, tested.batchSize)) };
  expect(slopeError({ loss, gradients: outputs }, sizes, tested.values)).toBeLessThan(1e-8);
  expectEqualBits(graphOf(outputs), tested);
}

/** Differentiates twice: of ordinary graph comes ordinary graph. */
function checkSecondGradient(op: Op, sample: Sample): void {
  const tested = sampleCase(op, sample, 13);
  const inputs = differentiable(tested);
  const nodes = inputs.map((each) => each.node);
  const first = grad(weighted(square(tested.node)), nodes);
  const loss = first.map(weighted).reduce(add);
  const gradients = grad(loss, nodes);
  const outputs = Object.fromEntries(gradients.map((node, at) => [inputs[at]?.name ?? '', node]));
  const sizes: Sizes = { batchSize: tested.batchSize, lanes: 1 };
  expect(slopeError({ loss, gradients: outputs }, sizes, tested.values)).toBeLessThan(1e-7);
}

function checkValues(op: Op, sample: Sample): void {
  const tested = sampleCase(op, sample, 3);
  const graph = graphOf({ y: tested.node });
  const sizes: Sizes = { batchSize: tested.batchSize, lanes: 1 };
  const run = new IntervalRun(lower(graph, { ...sizes, steps: 1 }), tested.values);
  for (const { tensor, content } of run.written())
    expect([...new Set(content.stores)], `stores to each element of ${tensor.name}`).toEqual([1]);

  const intervals = run.result('y').elements;
  const single = runGraph(oracle, graph, sizes, tested.values)['y'] ?? new Float32Array();
  const double = runGraph(reference, graph, sizes, tested.values)['y'] ?? new Float64Array();
  expect(single.length).toBe(sizeOf(tested.node.shape));
  const outside = intervals.flatMap((interval, at) => {
    const [low, high] = interval;
    const inside = (value = Number.NaN): boolean =>
      Number.isNaN(low) ? Number.isNaN(value) : isUnknown(interval) || (value >= low && value <= high);
    return inside(single[at]) && inside(double[at])
      ? []
      : [{ at, interval, single: single[at], double: double[at] }];
  });
  expect(outside).toEqual([]);
  const special = sample.inputs.some(({ values }) => values !== undefined);
  if (!special) expect(intervals.filter(isUnknown)).toEqual([]);
}

const describeSample = (sample: Sample): string =>
  `${JSON.stringify(sample.attributes)} ${sample.inputs.map(({ shape, dtype, batchAxis }) => `${dtype}[${shape.map((size, at) => (at === batchAxis ? `B${size}` : size)).join(',')}]`).join(' ')}`;

/**
 * The suite that every op passes, on its samples: each element is stored once and as accurate as its arithmetic allows, every
 * executor gives the interpreter's bits, the gradient is the slope, and so is the gradient's gradient.
 */
export function testConformance(op: Op): void {
  const samples = op.samples?.() ?? [];
  const named = samples.map((sample) => ({ label: describeSample(sample), sample }));

  test('has samples', () => {
    expect(samples.length).toBeGreaterThan(0);
  });

  test.each(named)(
    '$label: every element is stored once, as accurate as its arithmetic allows',
    ({ sample }) => {
      checkValues(op, sample);
    },
  );

  test.each(named)('$label: every executor gives the same bits', ({ sample }) => {
    const tested = sampleCase(op, sample, 11);
    expectEqualBits(graphOf({ y: tested.node }), tested);
  });

  const smooth = named.filter(({ sample }) => sample.skipGradient === undefined);
  if (smooth.length > 0)
    test.each(smooth)('$label: the gradient is the slope', ({ sample }) => {
      checkGradient(op, sample);
    });

  const [plain] = smooth;
  if (plain !== undefined)
    test(`${plain.label}: the gradient of the gradient is its slope`, () => {
      checkSecondGradient(op, plain.sample);
    });
}
