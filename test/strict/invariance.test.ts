import {
  adam,
  type Dataset,
  defineRun,
  dense,
  dropout,
  fit,
  fromArrays,
  type Run,
  type RunOptions,
  selectRows,
  sequential,
} from '@lockstep/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { laneWasmExecutors, oracle, wasmExecutors } from '../../packages/core/src/train/testing/executors.ts';
import { type TrainedBits, trainedBits } from '../../packages/core/src/train/testing/trainedBits.ts';

const features = 11;
const classes = 4;
const rows = 100;

/** Pixels that look random: multiples of 89 modulo 251. */
const pixels = Uint8Array.from({ length: rows * features }, (_, at) => (at * 89) % 251);
const labels = Int32Array.from({ length: rows }, (_, row) => (pixels[row * features] ?? 0) % classes);

const dataOf = (values: Float32Array | Uint8Array): Dataset =>
  fromArrays({
    x: { values, shape: [features], preprocessing: { offset: [125], scale: [1 / 64] } },
    y: { values: labels, classes },
  });

const data = dataOf(Float32Array.from(pixels));

const options: RunOptions = {
  data,
  model: sequential(dense(19, { activation: 'relu' }), dropout(0.2), dense(classes)),
  loss: 'sparseCategoricalCrossentropy',
  optimizer: adam({ learningRate: 0.01 }),
  clipNorm: 1,
  epochs: 3,
  batchSize: 37,
  lanes: 5,
  seed: 3,
};

/** Weights, optimizer state and history at the end of a run. */
async function finalBits(
  run: Run,
  factory = wasmExecutors['narrow tiles'],
  workers = 1,
): Promise<TrainedBits | undefined> {
  const steps = run.epochs * Math.ceil(run.train.rows / run.batchSize);
  return (await trainedBits(run, factory, workers, [steps])).at(-1);
}

/** Bit patterns, so that -0 is not 0. */
const bits = (values: ArrayLike<number> = []): number[] => [
  ...new Int32Array(Float32Array.from(values).buffer),
];

describe('the bits of a run are the same', () => {
  let usual: TrainedBits | undefined;
  beforeAll(async () => {
    usual = await finalBits(defineRun(options), oracle);
  });

  it.each(
    Object.entries({ ...wasmExecutors, ...laneWasmExecutors }).flatMap(([executor, factory]) =>
      [1, 2, 3, 4, 5].map((workers) => ({ executor, factory, workers })),
    ),
  )('with $executor and $workers workers', async ({ factory, workers }) => {
    expect(await finalBits(defineRun(options), factory, workers)).toEqual(usual);
  });

  it('for bytes as for the same values in float32', async () => {
    const run = defineRun({ ...options, data: dataOf(pixels) });
    expect(await finalBits(run)).toEqual(usual);
    expect(await finalBits(run, oracle)).toEqual(usual);
  });

  it('but for what is measured, with metrics and validation rows', async () => {
    const run = defineRun({
      ...options,
      metrics: ['accuracy'],
      data: { train: data, validation: selectRows(data, [5, 6, 7]) },
    });
    const { history, ...watched } = (await finalBits(run)) ?? {};
    const { history: usualHistory, ...unwatched } = usual ?? {};
    expect(watched).toEqual(unwatched);
    expect(history).not.toBe(usualHistory);
  });
});

describe.each([
  ['one row', { batchSize: 1, lanes: 1, epochs: 1 }],
  ['one row in three lanes', { batchSize: 1, lanes: 3, epochs: 1 }],
  ['fewer rows than lanes', { batchSize: 3, lanes: 8, epochs: 1 }],
  ['more rows than there are', { batchSize: 128, lanes: 7, epochs: 2 }],
  ['every row', { batchSize: 100, lanes: 8, epochs: 2 }],
  ['all rows but one', { batchSize: 99, lanes: 4, epochs: 2 }],
] satisfies [string, Partial<RunOptions>][])('a mini-batch of %s', (_, changes) => {
  const run = defineRun({ ...options, ...changes });
  let wanted: TrainedBits | undefined;
  beforeAll(async () => {
    wanted = await finalBits(run, oracle);
  });

  it.each(Object.entries({ ...wasmExecutors, ...laneWasmExecutors }))(
    'has the bits of the oracle with %s',
    async (__, factory) => {
      for (const workers of [1, 3]) expect(await finalBits(run, factory, workers)).toEqual(wanted);
    },
  );
});

describe.each(['wasm', 'interpreter'] as const)('predictions by %s', (executor) => {
  it.each([1, 7, 32])('have the same bits in batches of %i', async (size) => {
    const { predict } = await fit(defineRun(options), { executor });
    const { output } = await predict(data);
    const parts = Array.from({ length: Math.ceil(rows / size) }, (_, part) =>
      Array.from({ length: Math.min(size, rows - part * size) }, (__, row) => part * size + row),
    );
    for (const part of parts) {
      const { output: alone } = await predict(selectRows(data, part));
      const [first = 0] = part;
      expect(bits(alone?.values)).toEqual(
        bits(output?.values.slice(first * classes, (first + part.length) * classes)),
      );
    }
  });
});
