import { defineRun, dense, fromArrays, type Run, sgd, type WorkerStaleness } from '@lockstep/core';
import { describe, expect, it } from 'vitest';
import { type TrainOptions, train } from '../coordinator/train.ts';
import type { Mode } from './mode.ts';

const units = 6;
const epochs = 2;
const points = Array.from({ length: 4 * units }, (_, row) => [row % 5, row % 7]);

/** Six mini-batches an epoch. */
const line: Run = defineRun({
  data: fromArrays({ x: points, y: points.map(([a = 0, b = 0]) => [a - b]) }),
  model: dense(1),
  loss: 'meanSquaredError',
  optimizer: sgd({ learningRate: 0.01 }),
  epochs,
  batchSize: 4,
  seed: 3,
});

type Histograms = readonly (readonly number[])[];

async function trained(options: TrainOptions): Promise<{
  readonly epochs: readonly (readonly WorkerStaleness[] | undefined)[];
  readonly whole: readonly WorkerStaleness[] | undefined;
}> {
  const { history, staleness } = await train(line, options);
  return { epochs: history.map(({ staleness: each }) => each), whole: staleness };
}

/**
 * What a row's order says of each worker's updates: how many others lie between the reading for a step and its update.
 *
 * @param order - pairs of twice the worker, plus 1 if it applies, and the step
 */
function histogramsOf(order: Int32Array, workers: number): Histograms {
  const entries = Array.from({ length: order.length / 2 }, (_, at) => order.subarray(2 * at, 2 * at + 2));
  const isApply = ([who = 0]: Int32Array): boolean => who % 2 === 1;
  const late: number[][] = Array.from({ length: workers }, () => []);
  for (let unit = 0; unit < units; unit += 1) {
    const own = entries.flatMap((entry, at) => (entry[1] === unit ? [at] : []));
    expect(own).toHaveLength(2);
    const [read = 0, apply = 0] = own;
    late[(entries[read]?.[0] ?? 0) / 2]?.push(entries.slice(read + 1, apply).filter(isApply).length);
  }
  return late.map((each) =>
    Array.from({ length: Math.max(-1, ...each) + 1 }, (_, at) => each.filter((value) => value === at).length),
  );
}

const modes: readonly Mode[] = [{ name: 'hogwild' }, { name: 'stale' }, { name: 'server', slots: 2 }];

describe.each(modes)('of $name', (mode) => {
  // Worker 0 makes two steps and begins a third while worker 1 is in its first.
  const plan = [
    ['read', 0, 0],
    ['read', 1, 1],
    ['apply', 0, 0],
    ['read', 0, 2],
    ['apply', 0, 2],
    ['read', 0, 3],
    ['apply', 1, 1],
    ['apply', 0, 3],
    ['read', 1, 4],
    ['read', 0, 5],
    ['apply', 1, 4],
    ['apply', 0, 5],
  ] as const;
  // The server's thread applies for all workers.
  const applies = (worker: number): number => 2 * (mode.name === 'server' ? 2 : worker) + 1;
  const order = Int32Array.from(
    plan.flatMap(([kind, worker, unit]) => [kind === 'read' ? 2 * worker : applies(worker), unit]),
  );

  it('is what a given order makes it', async () => {
    const replay = Array.from({ length: epochs }, () => order);
    const made = await trained({ workers: 2, mode, replay });
    const each = [
      { updates: 4, mean: 0.5, max: 1, histogram: [2, 2] },
      { updates: 2, mean: 1, max: 2, histogram: [1, 0, 1] },
    ];
    expect(made.epochs).toEqual([each, each]);
    expect(made.whole).toEqual([
      { updates: 8, mean: 0.5, max: 1, histogram: [4, 4] },
      { updates: 4, mean: 1, max: 2, histogram: [2, 0, 2] },
    ]);
    expect(histogramsOf(order, 2)).toEqual(each.map(({ histogram }) => histogram));
  });

  it('is what the order says that was kept', async () => {
    const orders: Int32Array[] = [];
    const made = await trained({ workers: 3, mode, onOrder: (kept) => orders.push(kept) });
    expect(made.epochs.map((workers) => workers?.map(({ histogram }) => histogram))).toEqual(
      orders.map((kept) => histogramsOf(kept, 3)),
    );
  });
});
