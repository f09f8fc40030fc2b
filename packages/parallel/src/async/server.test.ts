import {
  defineRun,
  dense,
  fromArrays,
  model,
  ops,
  type Run,
  type RunOptions,
  sequential,
  sgd,
} from '@lockstep/core';
import { describe, expect, it } from 'vitest';
import { type TrainOptions, train } from '../coordinator/train.ts';
import { cores } from '../threads/workers.ts';
import type { ServerMode } from './mode.ts';

const { fround } = Math;
const workers = 3;
/** Exact in float32, as every product with it. */
const learningRate = 2 ** -5;
const path = 'layers.0.weight';

interface Line {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** One weight w, in float32; a row a step, in the order of the rows. */
const runOf = ({ x, y }: Line, options: Partial<RunOptions> = {}): Run =>
  defineRun({
    data: fromArrays({ x: x.map((value) => [value]), y: y.map((value) => [value]) }),
    model: sequential(dense(1, { useBias: false, kernelInitializer: 'zeros' })),
    loss: 'meanSquaredError',
    optimizer: sgd({ learningRate }),
    epochs: 1,
    batchSize: 1,
    shuffle: false,
    ...options,
  });

async function weightOf(run: Run, options: TrainOptions): Promise<number> {
  const { variables } = await train(run, { workers, ...options });
  return variables.get(path)?.values[0] ?? Number.NaN;
}

/** Products with x are exact too. */
const line: Line = {
  x: Array.from({ length: 40 }, (_, row) => [1, 0.5, -1, 2][row % 4] ?? 0),
  y: Array.from({ length: 40 }, (_, row) => fround(((row * 29) % 31) / 31 - 0.4)),
};

/** The weight that a step's gradient is of, and the updates that it had had. */
interface Read {
  readonly weight: number;
  readonly updates: number;
}

/** What a run of a server comes to, and how late its updates were, by the order of one epoch alone. */
function replayByHand(
  order: Int32Array,
  { stalenessAware = false, delayCompensation = 0 }: Omit<ServerMode, 'name'>,
): { readonly weight: number; readonly late: readonly number[] } {
  const reads = new Map<number, Read>();
  const late: number[] = [];
  let weight = 0;
  for (let at = 0; at < order.length; at += 2) {
    const [word = 0, step = 0] = order.subarray(at, at + 2);
    const read = reads.get(step);
    if (word % 2 === 0) {
      expect(word / 2).toBeLessThan(workers);
      reads.set(step, { weight, updates: late.length });
      continue;
    }
    if (read === undefined) throw new Error(`step ${step} is applied, and was never begun`);
    expect(word).toBe(2 * workers + 1);
    const staleness = late.length - read.updates;
    late.push(staleness);
    const x = line.x[step] ?? 0;
    const gradient = 2 * x * fround(read.weight * x - (line.y[step] ?? 0));
    // DC-ASGD, equation 10: g + lambda g g (w - v). The lambdas below are powers of two.
    const delayed = delayCompensation * fround(fround(gradient * gradient) * fround(weight - read.weight));
    const next = fround(weight - learningRate * fround(gradient + delayed));
    const share = fround(1 / (1 + staleness));
    weight = stalenessAware ? fround(weight + fround(fround(next - weight) * share)) : next;
  }
  expect(late).toHaveLength(line.x.length);
  return { weight, late };
}

/** Steps of a worker that are begun and not applied, at most, where it begins another; that one included. */
function mostUnderWay(order: Int32Array): number {
  const owner = new Map<number, number>();
  const underWay = Array.from({ length: workers }, () => 0);
  let most = 0;
  for (let at = 0; at < order.length; at += 2) {
    const [word = 0, step = 0] = order.subarray(at, at + 2);
    const applies = word % 2 === 1;
    const worker = applies ? (owner.get(step) ?? -1) : word / 2;
    owner.set(step, worker);
    underWay[worker] = (underWay[worker] ?? 0) + (applies ? -1 : 1);
    most = Math.max(most, underWay[worker] ?? 0);
  }
  return most;
}

/** Rounds in which each worker begins two steps, before all six are applied in another order. */
function lateOrder(): Int32Array {
  const words: number[] = [];
  const applied = [3, 0, 4, 1, 5, 2];
  for (let first = 0; first < line.x.length; first += 6) {
    const steps = Math.min(6, line.x.length - first);
    for (let at = 0; at < steps; at += 1) words.push(2 * (at % workers), first + at);
    for (const at of applied) if (at < steps) words.push(2 * workers + 1, first + at);
  }
  return Int32Array.from(words);
}

describe('a server applies gradients of weights that have changed since', () => {
  const order = lateOrder();

  it.each([{ stalenessAware: true }, { delayCompensation: 4 }])(
    'as its formulas say: %o',
    async (options) => {
      const { weight, late } = replayByHand(order, options);
      expect(Math.max(...late)).toBe(5);
      const mode: ServerMode = { name: 'server', slots: 2, ...options };
      expect(await weightOf(runOf(line), { mode, replay: [order] })).toBe(weight);
    },
  );
});

describe('workers are faster than the server', () => {
  const slow = { rank: workers, factor: 10 };

  it.each([1, 2])('and wait once %d of their gradients have not been applied', async (slots) => {
    const orders: Int32Array[] = [];
    const mode: ServerMode = { name: 'server', slots, stalenessAware: true, delayCompensation: 0.5 };
    const weight = await weightOf(runOf(line), { mode, slow, onOrder: (order) => orders.push(order) });
    expect(orders).toHaveLength(1);
    for (const order of orders) {
      expect(mostUnderWay(order)).toBeLessThanOrEqual(slots);
      expect(weight).toBe(replayByHand(order, mode).weight);
    }
  });

  it('and most wait where there are more than cores', async () => {
    const many = cores() + 6;
    const underWay: number[] = [];
    const onOrder = (order: Int32Array): void => {
      let count = 0;
      for (const [at, word] of order.entries()) {
        if (at % 2 === 1) continue;
        count += word % 2 === 0 ? 1 : -1;
        if (word % 2 === 0) underWay.push(count);
      }
    };
    await weightOf(runOf(line, { epochs: 5 }), {
      workers: many,
      mode: { name: 'server' },
      slow: { rank: many, factor: 10 },
      onOrder,
    });
    const median = underWay.sort((a, b) => a - b)[underWay.length >> 1];
    // Two that look at the same moment may both find room: seldom, and not in the median.
    expect(median).toBeLessThanOrEqual(cores() + 1);
  });

  it('and overwrite none', async () => {
    // The gradient of row k is -k wherever the weight is: it counts each of them once.
    const x = Array.from({ length: 100 }, (_, row) => row + 1);
    const run = runOf({ x, y: x.map(() => 2 ** 20) }, { loss: 'meanAbsoluteError' });
    const weight = await weightOf(run, { mode: { name: 'server', slots: 1 }, slow });
    expect(weight).toBe(learningRate * x.reduce((sum, value) => sum + value, 0));
  });
});

/**
 * Steps whose gradient of the weight w of `count` is -1, wherever w is, and takes long: most of a step goes into layers whose
 * outputs count for nothing.
 */
function countingRun(steps: number, width = 48, rows = 512): Run {
  const filled = (length: number, value: number): Float32Array => new Float32Array(length).fill(value);
  return defineRun({
    data: fromArrays({
      one: { values: filled(steps * rows, 1), shape: [1] },
      x: { values: filled(steps * rows * width, 0.5), shape: [width] },
      y: { values: filled(steps * rows, 2 ** 20), shape: [1] },
    }),
    model: model({
      inputs: { one: { shape: [1] }, x: { shape: [width] } },
      build: ({ one, x }, layer) => {
        const heavy = [0, 1, 2, 3].reduce((h, at) => layer(`heavy${at}`, dense(width))(h), x);
        const nothing = layer('heavyEnd', dense(1, { kernelInitializer: 'zeros' }))(heavy);
        const count = layer('count', dense(1, { useBias: false, kernelInitializer: 'zeros' }))(one);
        return { output: ops.add(count, nothing) };
      },
    }),
    loss: 'meanAbsoluteError',
    optimizer: sgd({ learningRate }),
    frozen: ['heavy*.*'],
    epochs: 1,
    batchSize: rows,
  });
}

it('a gradient is compensated for all that came since its weights were read, where no order is kept', async () => {
  const [steps, lambda] = [100, 2 ** -5];
  const mode: ServerMode = { name: 'server', delayCompensation: lambda };
  const { variables, staleness = [] } = await train(countingRun(steps), { workers, mode });
  const late = staleness.reduce((sum, { updates, mean }) => sum + updates * mean, 0);
  expect(late).toBeGreaterThan(10);
  // g = -1 + lambda (w - v): s updates later by lambda s learningRate, and by terms of lambda squared: below 1 % of that here.
  const moved = (variables.get('count.weight')?.values[0] ?? 0) / learningRate;
  const compensated = (steps - moved) / (lambda * learningRate);
  // An update that comes between the look at the count of updates and the copy of the weights is counted, and not compensated for.
  expect(compensated).toBeGreaterThan(0.75 * late);
  expect(compensated).toBeLessThan(1.01 * late);
});

it('says that room for fewer gradients takes less memory', async () => {
  // Each gradient takes 2 MiB.
  const wide = runOf(line, { model: sequential(dense(2 ** 18), dense(1)) });
  const failing = train(wide, { workers, mode: { name: 'server', slots: 1024 } });
  await expect(failing).rejects.toMatchObject({
    code: 'MEMORY_LIMIT',
    hint: expect.stringContaining('room for fewer gradients (slots)'),
  });
});
