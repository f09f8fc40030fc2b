import { describe, expect, it } from 'vitest';
import { selectRows } from '../data/dataset.ts';
import { fromArrays } from '../data/fromArrays.ts';
import { epochOrder } from '../data/order.ts';
import { standardise } from '../data/standardise.ts';
import { dense, dropout, sequential } from '../nn/layers/index.ts';
import { adam } from '../optim/adam.ts';
import { schedules } from '../optim/index.ts';
import { sgd } from '../optim/sgd.ts';
import type { Callback } from './callback.ts';
import { defineRun, type Run } from './defineRun.ts';
import type { TrainingEvent } from './events.ts';
import type { ExecutorName } from './executors.ts';
import { fit } from './fit.ts';
import type { RunOptions } from './runOptions.ts';

/** Points near two lines through the plane; the classes of a checkerboard. */
const points = Array.from({ length: 29 }, (_, i) => [(i * 7) % 29, (i * 13) % 31]);
const data = standardise(
  fromArrays({
    x: points,
    y: { values: points.map(([a = 0, b = 0]) => (a + b) % 3), classes: 3 },
  }),
  'x',
);

const options: RunOptions = {
  data: { train: data, validation: 0.2 },
  model: sequential(dense(7, { activation: 'tanh' }), dropout(0.25), dense(3)),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  optimizer: adam({ learningRate: 0.02 }),
  epochs: 4,
  batchSize: 5,
  lanes: 2,
  seed: 11,
};
const run = defineRun(options);

/** A line through three points by hand: batch 2, so the last mini-batch has one row. */
const line: RunOptions = {
  data: fromArrays({
    x: [[1], [2], [-1]],
    y: [[3], [5], [-2]],
  }),
  model: dense(1, { kernelInitializer: 'ones' }),
  loss: 'meanSquaredError',
  metrics: ['meanAbsoluteError'],
  optimizer: sgd({ learningRate: 0.1 }),
  epochs: 3,
  batchSize: 2,
  seed: 5,
};

async function events(of: Run): Promise<TrainingEvent[]> {
  const seen: TrainingEvent[] = [];
  await fit(of, { onEvent: (event) => seen.push(event) });
  return seen;
}

describe('fit', () => {
  it('follows gradient descent by hand, in the order that the seed says', async () => {
    const x = [1, 2, -1];
    const y = [3, 5, -2];
    let [weight, bias] = [1, 0];
    const losses: number[] = [];
    const errors: number[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      const order = [...epochOrder(5, epoch, 3)];
      let [loss, error] = [0, 0];
      for (const rows of [order.slice(0, 2), order.slice(2)]) {
        const deltas = rows.map((row) => weight * x[row]! + bias - y[row]!);
        loss += deltas.reduce((sum, delta) => sum + delta * delta, 0);
        error += deltas.reduce((sum, delta) => sum + Math.abs(delta), 0);
        weight -= (0.1 * 2 * deltas.reduce((sum, delta, at) => sum + delta * x[rows[at]!]!, 0)) / rows.length;
        bias -= (0.1 * 2 * deltas.reduce((sum, delta) => sum + delta, 0)) / rows.length;
      }
      losses.push(loss / 3);
      errors.push(error / 3);
    }
    const result = await fit(defineRun(line), { executor: 'float64' });
    for (const [epoch, event] of result.history.entries()) {
      expect(event.loss).toBeCloseTo(losses[epoch]!, 12);
      expect(event.metrics['meanAbsoluteError']).toBeCloseTo(errors[epoch]!, 12);
    }
    expect(result.variables.get('weight')?.values[0]).toBeCloseTo(weight, 12);
    expect(result.variables.get('bias')?.values[0]).toBeCloseTo(bias, 12);
    expect(result.steps).toBe(6);
  });

  it('gives the same weights, losses and predictions on every executor and for any number of workers', async () => {
    const train = async (executor: ExecutorName, workers: number) => {
      const { weightsHash, loss, metrics, valLoss, valMetrics, predict } = await fit(run, {
        executor,
        workers,
      });
      return { weightsHash, loss, metrics, valLoss, valMetrics, ...(await predict(data)) };
    };
    const oracle = await train('interpreter', 1);
    expect(await train('wasm', 1)).toEqual(oracle);
    expect(await train('wasm', 3)).toEqual(oracle);
    expect(await train('simulate', 2)).toEqual(oracle);
    expect(await train('simulate', 5)).toEqual(oracle);
  });

  it('depends on the seed, and on nothing that is not part of the run', async () => {
    const hash = async (changes: Partial<RunOptions>): Promise<string> =>
      (await fit(defineRun({ ...options, ...changes }))).weightsHash;
    const first = await hash({});
    expect(await hash({ metrics: [], name: 'other' })).toBe(first);
    expect(await hash({ seed: 12 })).not.toBe(first);
    expect(await hash({ shuffle: false })).not.toBe(first);
    expect(await hash({ learningRate: 0.02 })).toBe(first);
  });

  it('predicts a row with the same bits in any batch', async () => {
    const { predict } = await fit(run);
    const { output } = await predict(data);
    for (const row of [0, 17, 28]) {
      const alone = await predict(selectRows(data, [row]));
      expect(alone['output']?.shape).toEqual([1, 3]);
      expect(alone['output']?.values).toEqual(output?.values.slice(3 * row, 3 * row + 3));
    }
  });

  it('uses the preprocessing of the training rows for whatever comes later', async () => {
    const { predict, evaluate } = await fit(run);
    const { preprocessing: _, ...raw } = data.fields['x']!;
    const rawData = { ...data, fields: { ...data.fields, x: raw } };
    expect(await predict(rawData)).toEqual(await predict(data));
    expect(await evaluate(rawData)).toEqual(await evaluate(data));
  });

  it('judges rows of a data set of its own as it judges rows set aside', async () => {
    const { train, validation } = run;
    const copied = fromArrays({
      x: Array.from(validation!.index!, (row) => points[row]!),
      y: { values: Array.from(validation!.index!, (row) => data.fields['y']!.values[row]!), classes: 3 },
    });
    const aside = await fit(run);
    const own = await fit(defineRun({ ...options, data: { train, validation: copied } }));
    expect(own.weightsHash).toBe(aside.weightsHash);
    expect(own.history.map(({ valLoss, valMetrics }) => ({ valLoss, valMetrics }))).toEqual(
      aside.history.map(({ valLoss, valMetrics }) => ({ valLoss, valMetrics })),
    );
    expect(await aside.evaluate(copied)).toEqual({ loss: aside.valLoss, metrics: aside.valMetrics });
  });

  it('tells what it does in events', async () => {
    const seen = await events(defineRun(line));
    expect(seen.filter(({ type }) => type !== 'step').map(({ type }) => type)).toEqual([
      'start',
      'epoch',
      'epoch',
      'epoch',
      'done',
    ]);
    expect(seen[0]).toMatchObject({
      workers: 1,
      mode: 'sync',
      numerics: 'strict',
      parameters: 2,
      lanes: 1,
      seed: 5,
      stepsPerEpoch: 2,
      rows: 3,
    });
    expect(seen.at(-1)).toMatchObject({
      reason: 'finished',
      epochs: 3,
      steps: 6,
      weightsHash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      samplesPerSecond: expect.any(Number),
    });
  });

  it('leaves the short mini-batch out when asked', async () => {
    const { steps, history } = await fit(defineRun({ ...line, dropLast: true }));
    expect(steps).toBe(3);
    expect(history).toHaveLength(3);
  });
});

describe('how a run ends', () => {
  it('stops early, and with the best weights if asked', async () => {
    const growing: RunOptions = {
      ...line,
      epochs: 30,
      // Large enough to overshoot: the loss goes down once, then up.
      learningRate: (step) => (step < 6 ? 0.05 : 0.9),
      earlyStopping: { monitor: 'loss', patience: 2, restoreBest: true },
    };
    const stopped = await fit(defineRun(growing));
    const losses = stopped.history.map(({ loss }) => loss);
    const best = losses.indexOf(Math.min(...losses));
    expect(stopped.reason).toBe('early-stopping');
    expect(losses).toHaveLength(best + 3);
    const { earlyStopping: _, ...rest } = growing;
    const short = await fit(defineRun({ ...rest, epochs: best + 1 }));
    expect(stopped.weightsHash).toBe(short.weightsHash);
    expect(stopped.loss).toBe(short.loss);
  });

  it('calls callbacks as often as they say, with the weights, and does what they answer', async () => {
    const seen: (readonly [number, number | undefined])[] = [];
    const result = await fit(
      defineRun({
        ...line,
        epochs: 10,
        callbacks: [
          {
            every: 2,
            onEpoch: async ({ epoch }, variables) => {
              seen.push([epoch, (await variables()).get('weight')?.values[0]]);
              return epoch === 6 ? 'stop' : undefined;
            },
          },
        ],
      }),
    );
    expect(seen.map(([epoch]) => epoch)).toEqual([2, 4, 6]);
    expect(result.reason).toBe('callback');
    const two = await fit(defineRun({ ...line, epochs: 2 }));
    expect(seen[0]?.[1]).toBe(two.variables.get('weight')?.values[0]);
  });

  it('waits for a callback that answers later', async () => {
    const later = { onEpoch: () => Promise.resolve('stop' as const) };
    expect((await fit(defineRun({ ...line, callbacks: [later] }))).epochs).toBe(1);
  });

  it('ends after maxSteps, inside an epoch or at its end, on the schedule of the whole run', async () => {
    const one = await fit(defineRun({ ...line, maxSteps: 1 }));
    expect(one).toMatchObject({ reason: 'max-steps', steps: 1, epochs: 0, history: [] });
    // The same mini-batch, as all that there is of an epoch.
    const short = await fit(defineRun({ ...line, dropLast: true, epochs: 1 }));
    expect(one.weightsHash).toBe(short.weightsHash);

    const seen: (number | undefined)[] = [];
    const looking: Callback = {
      onEpoch: async (_epoch, variables) => {
        seen.push((await variables()).get('weight')?.values[0]);
        return undefined;
      },
    };
    const scheduled: RunOptions = { ...line, learningRate: schedules.cosine({ learningRate: 0.1 }) };
    await fit(defineRun({ ...scheduled, callbacks: [looking] }));
    const four = await fit(defineRun({ ...scheduled, maxSteps: 4 }));
    expect(four).toMatchObject({ reason: 'max-steps', steps: 4, epochs: 2 });
    expect(seen).toHaveLength(3);
    expect(four.variables.get('weight')?.values[0]).toBe(seen[1]);
    expect(await fit(defineRun({ ...line, maxSteps: 6 }))).toMatchObject({ reason: 'finished', steps: 6 });
  });

  it('ends at a step boundary when it is aborted', async () => {
    const controller = new AbortController();
    const aborting = { onEpoch: () => controller.abort() as undefined };
    const result = await fit(defineRun({ ...line, epochs: 9, callbacks: [aborting] }), {
      signal: controller.signal,
    });
    expect(result).toMatchObject({ reason: 'aborted', epochs: 1, steps: 2 });
    const one = await fit(defineRun({ ...line, epochs: 1 }));
    expect(result.weightsHash).toBe(one.weightsHash);
  });

  it('makes no step when it is aborted from the start', async () => {
    const result = await fit(defineRun(line), { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ reason: 'aborted', epochs: 0, steps: 0, loss: Number.NaN });
    expect(result.variables.get('weight')?.values[0]).toBe(1);
  });
});
