import {
  adam,
  defineRun,
  dense,
  type EpochEvent,
  fit,
  fromArrays,
  type Run,
  type RunOptions,
  sequential,
  sgd,
} from '@lockstep/core';
import { describe, expect, it } from 'vitest';
import { type TrainOptions, train } from '../coordinator/train.ts';
import type { Mode, ModeName } from './mode.ts';

const rows = 192;
const points = Array.from({ length: rows }, (_, row) => [((row * 37) % 101) / 101, ((row * 53) % 89) / 89]);

/** Two classes on either side of a curve: 6 mini-batches an epoch. */
const smallRun = (options: Partial<RunOptions> = {}): Run =>
  defineRun({
    name: 'curve',
    data: {
      train: fromArrays({
        x: points,
        y: { values: points.map(([a = 0, b = 0]) => (b > a * a ? 1 : 0)), classes: 2 },
      }),
      validation: 0.25,
    },
    model: sequential(dense(16, { activation: 'tanh' }), dense(2)),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
    optimizer: adam({ learningRate: 0.02 }),
    epochs: 8,
    batchSize: 24,
    seed: 5,
    ...options,
  });

const free: readonly ModeName[] = ['hogwild', 'stale', 'server'];

async function epochsOf(run: Run, options: TrainOptions): Promise<readonly EpochEvent[]> {
  const epochs: EpochEvent[] = [];
  await train(run, {
    ...options,
    onEvent: (event) => {
      if (event.type === 'epoch') epochs.push(event);
    },
  });
  return epochs;
}

describe.each(free)('%s', (name) => {
  it('learns, and says how stale its updates were', async () => {
    const epochs = await epochsOf(smallRun(), { workers: 2, mode: name });
    expect(epochs).toHaveLength(8);
    expect(epochs.at(-1)?.loss).toBeLessThan(0.7 * (epochs[0]?.loss ?? 0));
    for (const { staleness = [] } of epochs) {
      expect(staleness).toHaveLength(2);
      // Each mini-batch is an update of one worker.
      expect(staleness.reduce((sum, { updates }) => sum + updates, 0)).toBe(6);
    }
  });
});

it.each(['hogwild', 'server'] as const)('%s ends at a step whose loss is not finite', async (name) => {
  const run = smallRun({ optimizer: sgd({ learningRate: 3e38 }) });
  await expect(train(run, { workers: 2, mode: name })).rejects.toMatchObject({ code: 'DIVERGED' });
});

it('workers of a bound of 0 with one worker are one worker', async () => {
  const { weightsHash } = await fit(smallRun());
  for (const mode of ['hogwild', { name: 'stale', bound: 0 }, { name: 'server', slots: 1 }] as const)
    expect((await train(smallRun(), { workers: 1, mode })).weightsHash).toBe(weightsHash);
});

it.each<[Mode | string, string]>([
  ['hogwold', 'UNKNOWN_OPTION'],
  [{ name: 'stale', bound: -1 }, 'BAD_OPTION'],
  [{ name: 'server', slots: 0 }, 'BAD_OPTION'],
  [{ name: 'local', outerMomentum: 1 }, 'BAD_OPTION'],
])('%o is told what is wrong', async (mode, code) => {
  const asked = mode as Mode;
  await expect(train(smallRun(), { workers: 2, mode: asked })).rejects.toMatchObject({ code });
});

it.each([
  ['sync', { onOrder: () => {} }],
  ['local', { replay: [] }],
  ['stale', { onOrder: () => {}, replay: [] }],
] as const)('mode %s is told that it has no such order', async (mode, options) => {
  const refused = { code: 'BAD_OPTION' };
  await expect(train(smallRun(), { workers: 2, mode, ...options })).rejects.toMatchObject(refused);
});

it.each(free)('%s refuses mini-batches that are computed in parts', async (mode) => {
  const run = smallRun({ microBatch: 8, lanes: 3 });
  const refused = { code: 'BAD_OPTION', where: { field: 'run.microBatch' } };
  await expect(train(run, { workers: 2, mode })).rejects.toMatchObject(refused);
});
