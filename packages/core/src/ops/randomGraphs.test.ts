import fc from 'fast-check';
import { expect, test } from 'vitest';
import { grad } from '../autodiff/grad.ts';
import { LockstepError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { input } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { bitsOf } from '../runtime/testing/bits.ts';
import type { InputValues, Sizes } from '../runtime/testing/executors.ts';
import { executors, oracle, reference, runGraph } from '../runtime/testing/executors.ts';
import { randomNumbers } from '../runtime/testing/sampleCase.ts';
import { slopeError } from '../runtime/testing/slope.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import * as ops from './index.ts';

type Step = (a: Node, b: Node) => Node;

/** Differentiable everywhere, and without growth, so that difference quotients can be trusted. */
const smooth: readonly Step[] = [
  (a, b) => ops.tanh(ops.add(a, b)),
  (a, b) => ops.sub(a, b),
  (a, b) => ops.tanh(ops.mul(a, b)),
  (a, b) => ops.div(a, ops.add(ops.square(b), 1)),
  (a) => ops.sigmoid(a),
  (a) => ops.softplus(a),
  (a) => ops.exp(ops.neg(ops.square(a))),
  (a) => ops.softmax(a),
  (a) => ops.tanh(ops.logSumExp(a)),
  (a) => ops.sin(a),
  (a, b) => ops.tanh(ops.matmul(a, b)),
  (a, b) => ops.tanh(ops.matmul(a, b, { transposeA: true })),
  (a, b) => ops.tanh(ops.matmul(a, b, { transposeB: true })),
  (a, b) => ops.tanh(ops.matmul(ops.stack([a, b, a], 1), ops.stack([b, a, b], 1), { transposeB: true })),
  (a) => ops.tanh(ops.matmul(a, a, { transposeA: true })),
  (a) => ops.transpose(a),
  (a) => ops.mean(a, { axes: [-1] }),
  (a) => ops.mean(a, { axes: [0], keepDims: true }),
  (a) => ops.tanh(ops.sum(a, { axes: [0] })),
  (a) => ops.reshape(a, [a.shape[0] ?? 1, -1]),
  (a) => ops.expandDims(a, -1),
  (a) => ops.reshape(a, [-1]),
  (a, b) => ops.broadcastTo(a, b),
  (a) => ops.gather(a, ops.iota({ shape: [3] })),
  (a, b) => ops.concat([a, b, a]),
  (a, b) => ops.concat([a, b], 0),
  (a, b) => ops.stack([a, b], -1),
  (a) => ops.slice(a, [0, 1]),
  (a) => ops.split(a, [3, (a.shape.at(-1) ?? 3) - 3])[1] ?? a,
  (a) =>
    ops.pad(
      a,
      a.shape.map((_, at) => (at === a.batchAxis ? [0, 0] : [1, 2])),
    ),
  (a) =>
    ops.tile(
      a,
      a.shape.map((_, at) => (at === a.batchAxis ? 1 : 2)),
    ),
  (a) => ops.tanh(ops.variance(a, { axes: [0] })),
  (a) => ops.tanh(ops.cumsum(a)),
  (a) => ops.gelu(a),
  (a) => ops.silu(a),
];

const kinked: readonly Step[] = [
  (a) => ops.relu(a),
  (a) => ops.abs(a),
  (a, b) => ops.maximum(a, b),
  (a, b) => ops.where(ops.less(a, b), a, b),
  (a) => ops.max(a, { axes: [-1], keepDims: true }),
  (a) => ops.cast(ops.argMax(a), 'float32'),
  (a) => ops.pick(a, ops.argMax(a)),
  (a) => ops.norm(a, { axes: [-1], keepDims: true }),
  (a) => ops.clip(a, -0.5, 0.5),
  (a) => ops.topK(a, 3).values,
  (a) => ops.oneHot(ops.argMax(a, 0), 5),
  (a) => ops.dropout(a, 0.3, { purpose: 'dropout' }),
  (a) => ops.div(a, 0),
];

interface Recipe {
  readonly batch: number;
  readonly lanes: number;
  readonly seed: number;
  readonly steps: readonly (readonly [step: number, a: number, b: number])[];
}

const recipes: fc.Arbitrary<Recipe> = fc.record({
  batch: fc.integer({ min: 1, max: 7 }),
  lanes: fc.integer({ min: 1, max: 4 }),
  seed: fc.integer(),
  steps: fc.array(fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000)), { minLength: 1, maxLength: 12 }),
});

interface Built {
  readonly loss: Node;
  readonly leaves: readonly Node[];
  readonly graph: Graph;
  readonly gradients: Readonly<Record<string, Node>>;
  readonly sizes: Sizes;
  readonly values: InputValues;
}

/** A graph from a recipe; steps whose operands do not fit are left out. */
function build({ batch, lanes, seed, steps }: Recipe, menu: readonly Step[]): Built {
  const leaves = {
    x: input('x', { shape: [batch, 9], batchAxis: 0 }),
    w: input('w', { shape: [9, 8] }),
    v: input('v', { shape: [9] }),
  };
  const pool: Node[] = Object.values(leaves);
  const pick = (at: number): Node => pool[pool.length - 1 - (at % pool.length)] ?? leaves.x;
  for (const [step, a, b] of steps) {
    try {
      const node = menu[step % menu.length]?.(pick(a), pick(b));
      if (node && sizeOf(node.shape) < 500) pool.push(node);
    } catch (error) {
      if (!(error instanceof LockstepError) || error.code === 'INTERNAL') throw error;
    }
  }
  const loss = pool.map((node) => ops.mean(ops.tanh(node))).reduce(ops.add);
  const found = grad(loss, Object.values(leaves));
  const gradients = Object.fromEntries(Object.keys(leaves).map((name, at) => [name, found[at] ?? loss]));
  const random = randomNumbers(seed);
  const values = Object.fromEntries(
    Object.entries(leaves).map(([name, { shape }]) => [
      name,
      Array.from({ length: sizeOf(shape) }, () => Math.fround(random() * 3 - 1.5)),
    ]),
  );
  return {
    loss,
    leaves: Object.values(leaves),
    graph: { name: 'random', outputs: { loss, ...gradients }, updates: [] },
    gradients,
    sizes: { batchSize: batch, lanes: Math.min(lanes, batch) },
    values,
  };
}

test('gradients of random graphs are their slopes, with the shape and batch axis of the leaves', () => {
  fc.assert(
    fc.property(recipes, (recipe) => {
      const { loss, leaves, gradients, sizes, values } = build(recipe, smooth);
      for (const [at, gradient] of Object.values(gradients).entries()) {
        expect(gradient.shape).toEqual(leaves[at]?.shape);
        const batchAxis = leaves[at]?.batchAxis;
        if (batchAxis !== undefined) expect(gradient.batchAxis).toBe(batchAxis);
      }
      expect(slopeError({ loss, gradients }, sizes, values)).toBeLessThan(1e-7);
    }),
    { seed: 20_260_101, numRuns: 100 },
  );
});

test('float32 and float64 agree on smooth random graphs', () => {
  fc.assert(
    fc.property(recipes, (recipe) => {
      const { graph, sizes, values } = build(recipe, smooth);
      const single = runGraph(oracle, graph, sizes, values);
      const double = runGraph(reference, graph, sizes, values);
      for (const name of Object.keys(graph.outputs))
        for (const [at, exact] of Array.from(double[name] ?? []).entries())
          expect(Math.abs((single[name]?.[at] ?? Number.NaN) - exact)).toBeLessThan(
            1e-4 * (1 + Math.abs(exact)),
          );
    }),
    { seed: 7, numRuns: 60 },
  );
});

test.each(Object.entries(executors))('%s gives the bits of the oracle on random graphs', (_name, make) => {
  fc.assert(
    fc.property(recipes, (recipe) => {
      const { graph, sizes, values } = build(recipe, [...smooth, ...kinked]);
      const wanted = runGraph(oracle, graph, sizes, values);
      const got = runGraph(make, graph, sizes, values);
      for (const name of Object.keys(graph.outputs))
        expect(bitsOf(got[name] ?? []), name).toEqual(bitsOf(wanted[name] ?? []));
    }),
    { seed: 11, numRuns: 40 },
  );
});
