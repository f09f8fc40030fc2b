import { defineRun, dense, fromArrays, type Run, type RunOptions, sequential, sgd } from '@lockstep/core';
import { describe, expect, it } from 'vitest';
import { startTraining, type TrainOptions, type TrainResult, train } from '../coordinator/train.ts';

const rows = 96;
const points = Array.from({ length: rows }, (_, row) => [((row * 37) % 101) / 101, ((row * 53) % 89) / 89]);

/** Two classes on either side of a curve: 6 mini-batches an epoch, of two epochs. */
const smallRun = (options: Partial<RunOptions> = {}): Run =>
  defineRun({
    name: 'curve',
    data: {
      train: fromArrays({
        x: points,
        y: { values: points.map(([a = 0, b = 0]) => (b > a * a ? 1 : 0)), classes: 2 },
      }),
    },
    model: sequential(dense(16, { activation: 'tanh' }), dense(2)),
    loss: 'sparseCategoricalCrossentropy',
    optimizer: sgd({ learningRate: 0.1 }),
    epochs: 2,
    batchSize: 16,
    seed: 5,
    ...options,
  });

interface Recorded {
  readonly orders: readonly Int32Array[];
  readonly result: TrainResult;
}

async function record(run: Run, options: TrainOptions): Promise<Recorded> {
  const orders: Int32Array[] = [];
  const result = await train(run, { ...options, onOrder: (order) => orders.push(order) });
  return { orders, result };
}

describe.each(['hogwild', 'stale', { name: 'server', slots: 2 }] as const)('%o', (mode) => {
  it('replays rows whole while it is asked to be saved, and keeps its bits', async () => {
    const { orders, result } = await record(smallRun(), { workers: 2, mode });
    const training = startTraining(smallRun(), {
      workers: 2,
      mode,
      replay: orders,
      // A row takes longer than it takes until threads are told of a request.
      slow: { rank: 0, factor: 150 },
      hangSeconds: 5,
    });
    const steps = new Set<number>();
    for (let state = await training.save(); state !== undefined; state = await training.save())
      steps.add(state.loop.stepsMade);
    expect((await training.result).weightsHash).toBe(result.weightsHash);
    expect([...steps].every((step) => step % 6 === 0)).toBe(true);
    expect(steps.has(6)).toBe(true);
  });
});
