import { defineRun, dense, dropout, fit, fromArrays, type Run, sequential } from '@lockstep/core';
import { prepareRun } from '@lockstep/core/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { train } from '../coordinator/train.ts';
import { compileShared } from './compileForThreads.ts';

const [rows, width] = [150, 256];

/** Large enough for shares that are cut, with a short last mini-batch. */
const run: Run = defineRun({
  name: 'pieces',
  data: fromArrays({
    x: {
      values: Float32Array.from({ length: rows * width }, (_, at) => ((at * 7919) % 255) / 255),
      shape: [width],
    },
    y: { values: Int32Array.from({ length: rows }, (_, at) => at % 10), classes: 10 },
  }),
  model: sequential(dense(width, { activation: 'relu' }), dropout(0.2), dense(width), dense(10)),
  loss: 'sparseCategoricalCrossentropy',
  optimizer: 'adam',
  clipNorm: 1,
  batchSize: 64,
  epochs: 3,
  seed: 2,
});

let alone = '';
beforeAll(async () => {
  alone = (await fit(run)).weightsHash;
});

describe('threads that take pieces of each other’s shares', () => {
  it.each([2, 3])('%i of them have pieces to take', (workers) => {
    const { programs } = compileShared(prepareRun(run).sources, { workers });
    const training = programs.find(({ name }) => name === 'train');
    expect(training?.phases.some(({ pieces = 1 }) => pieces > 1)).toBe(true);
  });

  it.each([2, 3])('%i of them give the bits of one', async (workers) => {
    expect((await train(run, { workers })).weightsHash).toBe(alone);
  });

  it('do so when one hardly gets to its own', async () => {
    const slow = { rank: 1, factor: 20 };
    expect((await train(run, { workers: 2, slow })).weightsHash).toBe(alone);
  });

  it.each(['throw', 'exit'] as const)('do so when one is lost (%s)', async (kind) => {
    const chaos = [{ kind, rank: 1, step: 5, phase: 1 }] as const;
    expect((await train(run, { workers: 3, chaos })).weightsHash).toBe(alone);
  });
});
