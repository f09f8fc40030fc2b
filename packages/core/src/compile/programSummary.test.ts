import { expect, it } from 'vitest';
import { input, variable } from '../graph/leaves.ts';
import { full, matmul, mul, relu, sub, sum } from '../ops/index.ts';
import { compile } from './compile.ts';
import { printProgram } from './print.ts';
import { summariseProgram } from './programSummary.ts';

it('says which kernel writes what, where that is, and how large', () => {
  const x = input('x', { shape: [64, 16], batchAxis: 0 });
  const w = variable('w', full({ shape: [16, 8], dtype: 'float32' }, 0.5));
  const loss = sum(relu(matmul(x, w)));
  const graph = {
    name: 'tiny',
    outputs: { loss },
    updates: [{ variable: w, value: sub(w, mul(w, 0.1)) }],
    guard: 'loss',
  };
  const [program] = compile([{ graph, batchSize: 64, lanes: 2, steps: 3 }], { workers: 2 }).programs;
  if (program === undefined) throw new Error('nothing was compiled');
  const { phases, tensors, ...rest } = summariseProgram(program);
  expect(rest).toEqual({ name: 'tiny', batchSize: 64, lanes: 2, steps: 3 });
  const kernels = phases.flatMap((phase) => phase.kernels);
  // A multiply-add for each term; the greatest of it and 0 is of the sum that reads it.
  expect(kernels.find(({ nest }) => nest.startsWith('matmul'))?.flops).toBe(64 * 8 * 2 * 16);
  expect(phases.map(({ guard }) => guard !== undefined)).toContain(true);

  const writers = kernels.flatMap(({ writes }) => writes);
  expect(writers).toEqual(expect.arrayContaining(['w', 'loss']));
  for (const name of writers) expect(tensors.map((tensor) => tensor.name)).toContain(name);
  const weights = tensors.find(({ name }) => name === 'w');
  expect(weights).toMatchObject({ storage: 'parameter', segment: 'parameters', shape: [16, 8] });
  expect(weights?.bytes).toBe(4 * 16 * 8 + 64);

  const text = printProgram(program);
  for (const { nest } of kernels) expect(text.replaceAll(/^ {4}/gm, '')).toContain(nest);
  for (const { name, segment, offset } of tensors)
    expect(text).toMatch(
      new RegExp(`^  ${name.replaceAll('.', '\\.')}: .* at ${segment} \\+ ${offset}`, 'm'),
    );
});
