import { describe, expect, it } from 'vitest';
import { grad } from '../autodiff/grad.ts';
import type { Graph } from '../graph/graph.ts';
import { constant, input, variable } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { matmul, mul, relu, square, sub, sum } from '../ops/index.ts';
import { wasmExecutor } from '../runtime/wasm/executor.ts';
import { balanceShares, expectedLoads } from './balance.ts';
import { compile, type ProgramSource } from './compile.ts';
import { type Phase, type Program, unitsFor } from './program.ts';
import { chooseRowUnit } from './schedule.ts';

const weightsOf = (rows: number, columns: number): Float32Array =>
  Float32Array.from({ length: rows * columns }, (_, at) => Math.fround(((at * 7) % 31) / 512 - 1 / 32));

/** One step of gradient descent of a dense network without biases. */
function trainingSource(sizes: readonly number[], batchSize: number, lanes: number): ProgramSource {
  const [inputs = 1] = sizes;
  let output: Node = input('x', { shape: [batchSize, inputs], batchAxis: 0 });
  const weights = sizes.slice(1).map((units, layer) => {
    const shape = [sizes[layer] ?? 1, units] as const;
    const weight = variable(`weight${layer}`, constant(weightsOf(...shape), { shape }));
    const sums = matmul(output, weight);
    output = layer < sizes.length - 2 ? relu(sums) : sums;
    return weight;
  });
  const loss = mul(sum(square(output)), 1 / batchSize);
  const gradients = grad(loss, weights);
  const updates = weights.map((weight, at) => ({
    variable: weight,
    value: sub(weight, mul(gradients[at] ?? loss, 0.01)),
  }));
  const graph: Graph = { name: 'train', outputs: { loss }, updates, guard: 'loss' };
  return { graph, batchSize, lanes, steps: 1 };
}

function compiled(source: ProgramSource, workers: number): Program {
  const [program] = compile([source], { workers }).programs;
  if (program === undefined) throw new Error('nothing was compiled');
  return program;
}

/** The same program with shares that are not shifted. */
function unshifted(program: Program): Program {
  const phases = program.phases.map(
    (phase): Phase => ({
      ...phase,
      groups: phase.groups.map((group) => ({
        ...group,
        kernels: group.kernels.map(({ nest, split }) => {
          if (split.kind !== 'axis') return { nest, split };
          const { shift: _shift, ...rest } = split;
          return { nest, split: rest };
        }),
      })),
    }),
  );
  return { ...program, phases };
}

/** By how much the busiest worker's share of each phase exceeds the mean, per cent. */
function excess({ phases }: Program, workers: number): readonly number[] {
  return phases.map((phase) => {
    const loads = expectedLoads(phase, workers);
    const mean = loads.reduce((sum, load) => sum + load, 0) / workers;
    return Number((100 * (Math.max(...loads) / mean - 1)).toFixed(1));
  });
}

describe('units', () => {
  it.each([1, 2, 3, 5, 8, 16])('are each done by one of %i workers, whatever the shift', (workers) => {
    for (const units of [1, 2, 7, 98])
      for (let shift = 0; shift < 20; shift += 1) {
        const done = Array.from({ length: workers }, (_, worker) => {
          const { from, end } = unitsFor({ kind: 'axis', axis: 0, unit: 8, units, shift }, worker, workers);
          return Array.from({ length: end - from }, (__, at) => from + at);
        });
        expect(done.flat()).toEqual(Array.from({ length: units }, (_, unit) => unit));
        const counts = done.map(({ length }) => length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }
  });
});

describe('shares of a network 784-64-64-10', () => {
  const source = trainingSource([784, 64, 64, 10], 32, 1);

  it.each([
    { workers: 2, before: [0, 0], after: [0, 0] },
    { workers: 3, before: [12.5, 2.3], after: [12.5, 2.3] },
    { workers: 6, before: [50, 9], after: [50, 3.6] },
    { workers: 8, before: [0, 5.5], after: [0, 5.5] },
    { workers: 12, before: [50, 14.5], after: [50, 3.6] },
    { workers: 16, before: [100, 23.5], after: [100, 8.9] },
  ])(
    'exceed their mean by so many per cent, phase by phase: $workers workers, before $before, after $after',
    ({ workers, before, after }) => {
      const balanced = compiled(source, workers);
      const plain = unshifted(balanced);
      expect(balanceShares(plain, workers)).toEqual(balanced);
      expect([excess(plain, workers), excess(balanced, workers)]).toEqual([before, after]);
    },
  );

  it('are shifted without a change to any bit', () => {
    const shifted = compiled(source, 6).phases.flatMap(({ groups }) =>
      groups.flatMap(({ kernels }) => kernels.filter(({ split }) => split.kind === 'axis' && split.shift)),
    );
    expect(shifted.length).toBeGreaterThan(0);
    const weights = (workers: number): readonly Float32Array[] => {
      const executor = wasmExecutor([source], { workers });
      executor.writeVariable('weight0', weightsOf(784, 64));
      executor.writeVariable('weight1', weightsOf(64, 64));
      executor.writeVariable('weight2', weightsOf(64, 10));
      executor.writeInput('x', weightsOf(32, 784));
      for (let step = 0; step < 3; step += 1) expect(executor.run('train', 0)).toBe('done');
      return ['weight0', 'weight1', 'weight2'].map((path) => executor.readVariable(path));
    };
    expect(weights(6)).toEqual(weights(1));
  });
});

it.each([
  [32, 1, 32],
  [32, 2, 16],
  [32, 3, 4],
  [128, 2, 32],
  [128, 3, 16],
  [128, 4, 32],
  [128, 6, 8],
  [128, 8, 16],
  [128, 12, 4],
  [1024, 3, 32],
  [30, 2, 16],
  [1, 4, 4],
])('of %i rows %i workers take units of %i', (batchSize, workers, rows) => {
  expect(chooseRowUnit(batchSize, workers)).toBe(rows);
});
