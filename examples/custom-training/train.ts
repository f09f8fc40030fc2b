// XOR without a run: a training step of one's own as a graph, compiled, and made step by step. The core package alone, and no loop
// but this one:
//   node examples/custom-training/train.ts
import { executors, graphs, ops, weightsHash } from '@lockstep/core';

const { grad, input, stepValue, variable } = graphs;

const rows = 4;
const steps = 2000;
const momentum = 0.9;

const start: Readonly<
  Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>
> = {
  'hidden.weight': { shape: [2, 2], values: [0.1875, -0.25, -0.1875, -0.125] },
  'hidden.bias': { shape: [2], values: [-0.1875, 0.1875] },
  'output.weight': { shape: [2, 1], values: [0.1875, 0.0625] },
  'output.bias': { shape: [1], values: [-0.25] },
};

const x = input('x', { shape: [rows, 2], batchAxis: 0 });
const y = input('y', { shape: [rows, 1], batchAxis: 0 });
const learningRate = stepValue('learningRate');

const parameters = Object.entries(start).map(([path, { shape }]) =>
  variable(path, ops.full({ shape, dtype: 'float32' }, 0)),
);
const [hiddenWeight, hiddenBias, outputWeight, outputBias] = parameters;
if (!hiddenWeight || !hiddenBias || !outputWeight || !outputBias) throw new Error('four parameters');

const hidden = ops.sigmoid(ops.add(ops.matmul(x, hiddenWeight), hiddenBias));
const output = ops.sigmoid(ops.add(ops.matmul(hidden, outputWeight), outputBias));
const loss = ops.mean(ops.square(ops.sub(output, y)));

const updates = grad(loss, parameters).flatMap((gradient, at) => {
  const parameter = parameters[at];
  if (parameter === undefined) return [];
  const zeros = ops.zerosLike(parameter);
  const velocity = variable(`momentum.${parameter.attributes.path}`, zeros, { role: 'optimizer' });
  const next = ops.add(ops.mul(velocity, momentum), gradient);
  return [
    { variable: velocity, value: next },
    { variable: parameter, value: ops.sub(parameter, ops.mul(next, learningRate)) },
  ];
});

/** If the loss is not finite, nothing is updated and `run` says so. */
const step: graphs.Graph = { name: 'step', outputs: { loss }, updates, guard: 'loss' };
const answer: graphs.Graph = { name: 'answer', outputs: { output }, updates: [] };

/**
 * Trains from the same start.
 *
 * @param workers - whose shares this thread computes, one after another; they change no bit
 */
export function trainXor(workers = 1): { losses: number[]; answers: number[]; hash: string } {
  const sizes = { batchSize: rows, lanes: 1 };
  const executor = executors.wasm(
    [
      { graph: step, ...sizes, steps },
      { graph: answer, ...sizes, steps: 1 },
    ],
    workers,
  );
  executor.writeInput('x', [0, 0, 0, 1, 1, 0, 1, 1]);
  executor.writeInput('y', [0, 1, 1, 0]);
  for (const [path, { values }] of Object.entries(start)) {
    executor.writeVariable(path, values);
    executor.writeVariable(`momentum.${path}`, new Float32Array(values.length));
  }

  const losses: number[] = [];
  for (let at = 0; at < steps; at++) {
    executor.writeStepValue('step', 'learningRate', at, [at < 1500 ? 1 : 0.5]);
    if (executor.run('step', at) === 'diverged') throw new Error(`step ${at} diverged`);
    losses.push(executor.readResult('step', 'loss', at)[0] ?? Number.NaN);
  }
  executor.run('answer', 0);
  const answers = Array.from(executor.readResult('answer', 'output', 0));
  const tensors = Object.keys(start).map((path) => ({
    path,
    role: 'parameter' as const,
    values: executor.readVariable(path),
  }));
  return { losses, answers, hash: weightsHash(tensors) };
}

if (import.meta.main) {
  const { losses, answers, hash } = trainXor();
  for (let at = 0; at < steps; at += 200) console.log(`step ${at}  loss ${losses[at]?.toFixed(6)}`);
  console.log(`0 0, 0 1, 1 0, 1 1: ${answers.map((value) => value.toFixed(3)).join(', ')}`);
  console.log(`weights ${hash}`);
}
