import { describe, expect, it } from 'vitest';
import { grad } from '../autodiff/grad.ts';
import type { Graph } from '../graph/graph.ts';
import { constant, input, variable } from '../graph/leaves.ts';
import { add, matmul, mul, relu, square, sub, sum } from '../ops/index.ts';
import type { Executor } from '../runtime/executor.ts';
import { createInterpreter } from '../runtime/interpreter.ts';
import { createSimulation } from '../runtime/simulate.ts';
import { wasmExecutor } from '../runtime/wasm/executor.ts';
import { compile } from './compile.ts';
import type { ReduceMode } from './explicitReduce.ts';
import { lower } from './lower.ts';

const wave = (count: number, step: number): Float32Array =>
  Float32Array.from({ length: count }, (_, at) => Math.fround(((at * step) % 17) / 8 - 1));

/** One step of gradient descent on a two-layer network, as variables and their updates. */
function trainingGraph(rows: number): Graph {
  const x = input('x', { shape: [rows, 11], batchAxis: 0 });
  const first = variable('first', constant(wave(11 * 19, 5), { shape: [11, 19] }));
  const bias = variable('bias', constant(wave(19, 3), { shape: [19] }));
  const second = variable('second', constant(wave(19 * 3, 7), { shape: [19, 3] }));
  const y = matmul(relu(add(matmul(x, first), bias)), second);
  const loss = mul(sum(square(y)), 1 / rows);
  const weights = [first, bias, second];
  const gradients = grad(loss, weights);
  const updates = weights.map((weight, at) => ({
    variable: weight,
    value: sub(weight, mul(gradients[at] ?? loss, 0.01)),
  }));
  return { name: 'train', outputs: { loss }, updates, guard: 'loss' };
}

function weightsAfter(executor: Executor, rows: number): readonly number[] {
  const initial = { first: wave(11 * 19, 5), bias: wave(19, 3), second: wave(19 * 3, 7) };
  for (const [path, values] of Object.entries(initial)) executor.writeVariable(path, values);
  executor.writeInput('x', wave(rows * 11, 13));
  for (let step = 0; step < 3; step += 1) executor.run('train', 0);
  return Object.keys(initial).flatMap((path) => [...executor.readVariable(path)]);
}

describe.each([
  [24, 4],
  [21, 4],
  [37, 3],
  [5, 8],
])('%i rows in %i lanes', (rows, lanes) => {
  const source = { graph: trainingGraph(rows), batchSize: rows, lanes, steps: 1 };
  const wanted = weightsAfter(createInterpreter([lower(source.graph, source)]), rows);
  const modes: readonly ReduceMode[] = ['fused', 'tree', 'naive'];
  it.each(modes.flatMap((reduce) => [1, 2, 3, 5].map((workers) => ({ reduce, workers }))))(
    '$reduce with $workers workers gives the oracle’s weights',
    ({ reduce, workers }) => {
      const { programs } = compile([source], { workers, reduce });
      expect(weightsAfter(createSimulation(programs, { workers, seed: 3 }), rows)).toEqual(wanted);
      expect(weightsAfter(wasmExecutor([source], { workers, reduce }), rows)).toEqual(wanted);
      expect(weightsAfter(wasmExecutor([source], { workers, reduce, wide: true }), rows)).toEqual(wanted);
    },
  );

  it('keeps each lane in a buffer of its own when asked to', () => {
    const count = (reduce: ReduceMode): number =>
      compile([source], { reduce }).programs[0]?.tensors.filter(({ name }) => name.includes('.lane'))
        .length ?? 0;
    expect(count('fused')).toBe(0);
    expect(count('tree')).toBe(3 * lanes);
  });
});
