import { describe, expect, it } from 'vitest';
import { compile } from '../compile/compile.ts';
import { fromArrays } from '../data/fromArrays.ts';
import { glorotUniform } from '../nn/initializers/index.ts';
import type { Layer } from '../nn/layer.ts';
import { dense, dropout, sequential } from '../nn/layers/index.ts';
import { model } from '../nn/model.ts';
import { add, dropout as dropoutOf, gather, log, matmul, reshape, square, sub, sum } from '../ops/index.ts';
import { adamw } from '../optim/adamw.ts';
import type { FloatArray } from '../runtime/executor.ts';
import { defineRun, type Run } from './defineRun.ts';
import type { EngineFactory } from './engine.ts';
import { executors } from './executors.ts';
import { fit } from './fit.ts';
import { prepareRun } from './prepareRun.ts';
import { RunControl } from './runControl.ts';
import type { RunOptions } from './runOptions.ts';
import type { RunState } from './runState.ts';
import { soloEngine } from './soloEngine.ts';
import { oracle, simulations, wasmExecutors } from './testing/executors.ts';
import { trainedBits } from './testing/trainedBits.ts';
import { optimizerHash } from './weightsHash.ts';

const rows = 53;
const width = 6;
const numbers = (length: number, factor: number): number[] =>
  Array.from({ length }, (_, at) => ((at * factor) % 1) * 4 - 2);

const data = fromArrays({
  x: { values: Float32Array.from(numbers(rows * width, 0.618_034)), shape: [width] },
  word: { values: Int32Array.from({ length: rows * 3 }, (_, at) => (at * 7) % 5), shape: [3] },
  y: { values: Int32Array.from({ length: rows }, (_, at) => (at * 3) % 4), classes: 4 },
});

/** All that reaches a weight: dropout, clipping, penalties, a schedule's step numbers, and a short last mini-batch. */
const everything: RunOptions = {
  data: { train: data, validation: 0.1 },
  model: sequential(
    dense(9, { activation: 'relu' }),
    dropout(0.3),
    dense(5, { activation: 'tanh', l2: 0.01 }),
    dropout(0.2),
    dense(4),
  ),
  target: 'y',
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  optimizer: adamw({ learningRate: 0.02 }),
  clipNorm: 0.7,
  l2: 0.001,
  epochs: 2,
  batchSize: 20,
  seed: 7,
};

/** A table that is looked up and multiplied by, and a layer used twice: their gradients are sums of several sums. */
const tied: RunOptions = {
  ...everything,
  model: model({
    inputs: { x: { shape: [width] }, word: { shape: [3], dtype: 'int32' } },
    build: ({ x, word }, layer, scope) => {
      const table = scope.variable('table', { shape: [5, 4], initializer: glorotUniform });
      const shared = layer('shared', dense(width, { activation: 'tanh' }));
      const hidden = shared(layer('drop', dropout(0.4))(shared(x)));
      const embedded = sum(gather(table, word), { axes: [1] });
      return { output: add(matmul(layer('out', dense(5))(hidden), table), square(embedded)) };
    },
  }),
};

const models = { plain: everything, tied };

const marksOf = (run: Run): readonly number[] => [1, 3, 4, run.epochs * 3];

async function expectSameBits(options: RunOptions, microBatch: number): Promise<void> {
  const run = defineRun({ ...options, microBatch });
  const marks = marksOf(run);
  const whole = await trainedBits(defineRun(options), oracle, 1, marks);
  expect(whole).toHaveLength(4);
  expect(await trainedBits(run, oracle, 1, marks)).toEqual(whole);
  for (const [name, factory] of Object.entries(wasmExecutors))
    for (const workers of [1, 3])
      expect(await trainedBits(run, factory, workers, marks), `${name}, ${workers}`).toEqual(whole);
  // Slow, and it sees a read of a sum that nobody has written.
  for (const factory of Object.values(simulations))
    expect(await trainedBits(run, factory, 3, marks.slice(0, 2))).toEqual(whole.slice(0, 2));
}

const partsOf = (run: Run): readonly (number | undefined)[] =>
  prepareRun(run).plan.training.steps.map(({ parts }) => parts?.length);

describe('a mini-batch computed in micro-batches', () => {
  it.each([
    { lanes: 1, microBatch: 20, model: 'tied', parts: [undefined, undefined, undefined] },
    { lanes: 2, microBatch: 10, model: 'plain', parts: [2, 2, undefined] },
    { lanes: 3, microBatch: 7, model: 'tied', parts: [3, 3, 2] },
    { lanes: 3, microBatch: 14, model: 'plain', parts: [2, 2, undefined] },
    { lanes: 4, microBatch: 5, model: 'tied', parts: [4, 4, 2] },
    { lanes: 5, microBatch: 4, model: 'plain', parts: [5, 5, 3] },
    { lanes: 5, microBatch: 9, model: 'tied', parts: [3, 3, undefined] },
    { lanes: 20, microBatch: 1, model: 'plain', parts: [20, 20, 8] },
  ] as const)(
    'has the bits of the large one: $microBatch rows, $lanes lanes, $model',
    async ({ lanes, microBatch, model: name, parts }) => {
      const options = { ...models[name], lanes };
      expect(partsOf(defineRun({ ...options, microBatch }))).toEqual(parts);
      await expectSameBits(options, microBatch);
    },
  );

  it('has the bits of the large one where rows hold several rows each', async () => {
    const windows: Layer = {
      kind: 'windows',
      build: (x, scope) => {
        const [size = 1] = x.shape;
        const rate = scope.training ? 0.5 : 0;
        const merged = dropoutOf(reshape(x, [size * 2, 3], { batchAxis: 0 }), rate, { purpose: 'merged' });
        const hidden = scope.layer('hidden', dense(4, { activation: 'tanh' }))(merged);
        return sum(reshape(hidden, [size, 2, 4], { batchAxis: 0 }), { axes: [1] });
      },
    };
    await expectSameBits({ ...everything, model: windows, lanes: 3 }, 7);
  });

  it('may be stopped between two of its parts, and resumed', async () => {
    const run = defineRun({ ...everything, lanes: 4, microBatch: 5 });
    const whole = await fit(run);
    // 4 parts and the step itself, twice; then in the middle of the third.
    for (const made of [3, 4, 7, 12]) {
      const control = new RunControl();
      let captured: Promise<RunState | undefined> = Promise.resolve(undefined);
      const stopping: EngineFactory = (sources, workers) => {
        const engine = soloEngine<FloatArray>(executors.wasm(sources, workers), workers);
        return {
          ...engine,
          runSteps: async (steps, options) => {
            if (!steps[0]?.program.startsWith('train')) return await engine.runSteps(steps, options);
            const result = await engine.runSteps(steps.slice(0, made), options);
            captured = control.capture();
            control.stop();
            return { ...result, outcome: 'stopped' };
          },
        };
      };
      expect(await fit(run, { control, engine: stopping })).toMatchObject({ reason: 'aborted' });
      const state = structuredClone(await captured);
      expect(state?.loop.step).toBe(Math.floor(made / 5));
      expect([...(state?.variables.keys() ?? [])].sort()).toEqual([...whole.variables.keys()].sort());
      const resumed = await fit(run, state ? { resume: state } : {});
      expect(resumed.weightsHash).toBe(whole.weightsHash);
      expect(optimizerHash(resumed.variables.values())).toBe(optimizerHash(whole.variables.values()));
    }
  });

  it('counts its steps and rows as the large one does', async () => {
    const seen = async (microBatch?: number): Promise<unknown[]> => {
      const events: unknown[] = [];
      const options = {
        ...everything,
        maxSteps: 5,
        lanes: 4,
        ...(microBatch === undefined ? {} : { microBatch }),
      };
      await fit(defineRun(options), {
        onEvent: (event) => {
          if (event.type === 'step') return;
          events.push({ ...event, samplesPerSecond: 0, wallSeconds: 0 });
        },
      });
      return events;
    };
    expect(await seen(5)).toEqual(await seen());
  });

  it('names step and op where the loss is not finite', async () => {
    const broken: Run = defineRun({
      data: fromArrays({
        x: [1, 2, 3, 4, 5, 6, 7, 8].map((x) => [x]),
        y: [1, 2, 3, 4, 5, 6, 9, 8].map((y) => [y]),
      }),
      model: dense(1, { kernelInitializer: 'ones' }),
      loss: (output, target) => reshape(log(sub(add(output, 1.5), target)), [output.shape[0] ?? 0]),
      learningRate: 0,
      shuffle: false,
      epochs: 1,
      batchSize: 4,
      lanes: 2,
      microBatch: 2,
    });
    await expect(fit(broken)).rejects.toMatchObject({
      code: 'DIVERGED',
      message: expect.stringMatching(/diverged at step 2: log gave the first NaN, at \[0, 0\]/),
      got: 'loss NaN',
    });
  });

  it('takes the memory of a part for its activations', () => {
    const wide = {
      ...everything,
      data: fromArrays({
        x: { values: new Float32Array(4096 * 3), shape: [3] },
        y: { values: new Int32Array(4096), classes: 4 },
      }),
      batchSize: 4096,
      lanes: 8,
    };
    const activations = (run: Run): number => compile(prepareRun(run).sources).bytes.activations;
    const whole = activations(defineRun(wide));
    expect(activations(defineRun({ ...wide, microBatch: 512 }))).toBeLessThan(whole / 7);
    expect(activations(defineRun({ ...wide, microBatch: 1024 }))).toBeLessThan(whole / 3.5);
  });
});
