import {
  adam,
  batchNorm,
  defineRun,
  dense,
  embedding,
  fromArrays,
  model,
  type Run,
  type RunOptions,
  type RunState,
  sequential,
  sgd,
  type TrainingEvent,
} from '@lockstep/core';
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
  readonly orders: Int32Array[];
  readonly result: TrainResult;
}

async function record(run: Run, options: TrainOptions): Promise<Recorded> {
  const orders: Int32Array[] = [];
  const result = await train(run, { ...options, onOrder: (order) => orders.push(order) });
  return { orders, result };
}

/** What a run warns of, and what it comes to. */
async function warningsOf(run: Run, options: TrainOptions): Promise<[readonly string[], TrainResult]> {
  const warnings: string[] = [];
  const onEvent = (event: TrainingEvent): void => {
    if (event.type === 'warning') warnings.push(event.message);
  };
  return [warnings, await train(run, { ...options, onEvent })];
}

/** Sparse gradients of embeddings, of which some are in several mini-batches, and statistics over a mini-batch. */
const sparseRun = (): Run => {
  const ids = Array.from({ length: rows }, (_, row) => (row * 7) % 20);
  return defineRun({
    data: fromArrays({ id: { values: Int32Array.from(ids) }, y: ids.map((id) => (id * id) / 400) }),
    model: model({
      inputs: { id: { shape: [], dtype: 'int32' } },
      build: ({ id }, layer) => {
        const features = layer('ids', embedding({ vocabulary: 20, features: 4 }))(id);
        return { output: layer('rate', dense(1))(layer('norm', batchNorm())(features)) };
      },
    }),
    loss: 'meanSquaredError',
    optimizer: adam({ learningRate: 0.05 }),
    epochs: 2,
    batchSize: 16,
    seed: 5,
  });
};

/** A hogwild whose order is kept makes its steps as `stale` does; its replays are in hogwild.test.ts. */
const modes = ['stale', 'server'] as const;

/** The order of an epoch of two workers that read by turns, each before the other has applied. */
function byTurns(mode: (typeof modes)[number]): Int32Array {
  const applies = (worker: number): number => 2 * (mode === 'server' ? 2 : worker) + 1;
  const pair = (first: number): number[] => [
    0,
    first,
    2,
    first + 1,
    applies(0),
    first,
    applies(1),
    first + 1,
  ];
  return Int32Array.from([0, 2, 4].flatMap(pair));
}

it('replays a row of a server whole while it is asked to be saved, and keeps its bits', async () => {
  // Many steps: the row takes longer than it takes until threads are told of a request.
  const last = 6000 - 1;
  const run = smallRun({
    data: fromArrays({
      x: Array.from({ length: last + 1 }, (_, row) => [row % 7, row % 5]),
      y: { values: Array.from({ length: last + 1 }, (_, row) => row % 2), classes: 2 },
    }),
    optimizer: sgd({ learningRate: 1e-4 }),
    epochs: 1,
    batchSize: 1,
  });
  // Worker 1 waits until its first gradient is applied, while worker 0 makes all other steps but the last.
  const middle = Array.from({ length: last - 1 }, (_, at) => [0, at + 1, 5, at + 1]);
  const replay = [Int32Array.from([2, 0, ...middle.flat(), 5, 0, 2, last, 5, last])];
  const options: TrainOptions = { workers: 2, mode: 'server', replay };
  const { weightsHash } = await train(run, options);
  const training = startTraining(run, { ...options, hangSeconds: 10 });
  const steps = new Set<number>();
  for (let state = await training.save(); state !== undefined; state = await training.save())
    steps.add(state.loop.stepsMade);
  expect((await training.result).weightsHash).toBe(weightsHash);
  expect([0, last + 1]).toEqual(expect.arrayContaining([...steps]));
});

describe.each(modes)('%s', (mode) => {
  it('has the bits again of a run with sparse tables and batch statistics', async () => {
    const { orders, result } = await record(sparseRun(), { workers: 3, mode });
    const again = await train(sparseRun(), { workers: 3, mode, replay: orders });
    expect(again.weightsHash).toBe(result.weightsHash);
    expect(again.history.map(({ loss }) => loss)).toEqual(result.history.map(({ loss }) => loss));
    expect(again.staleness).toEqual(result.staleness);
  });

  it('diverges where it did', async () => {
    const run = smallRun({ optimizer: sgd({ learningRate: 3e38 }) });
    const orders: Int32Array[] = [];
    const first = train(run, { workers: 2, mode, onOrder: (order) => orders.push(order) });
    const error = await first.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DIVERGED' });
    expect(orders).toHaveLength(1);
    const again = train(run, { workers: 2, mode, replay: orders, hangSeconds: 5 });
    await expect(again).rejects.toMatchObject({ message: error instanceof Error && error.message });
  });
});

it('ends where the record ends, and says so', async () => {
  const replay = [byTurns('stale'), byTurns('stale').slice(0, 8)];
  const saved: number[] = [];
  const [warnings, { reason, steps, weightsHash }] = await warningsOf(
    smallRun({ epochs: 3, checkpoint: {} }),
    { workers: 2, mode: 'stale', replay, onSave: ({ loop }) => void saved.push(loop.stepsMade) },
  );
  expect([reason, steps, saved]).toEqual(['aborted', 8, [8]]);
  expect(warnings).toEqual([expect.stringContaining('the record ends before the run does')]);
  const cut = await train(smallRun({ maxSteps: 8 }), { workers: 2, mode: 'stale', replay });
  expect([cut.reason, cut.weightsHash]).toEqual(['max-steps', weightsHash]);
});

it('a run that was stopped ends with the bits that it was stopped with', async () => {
  const orders: Int32Array[] = [];
  const run = smallRun({ epochs: 2000 });
  const training = startTraining(run, {
    workers: 2,
    mode: 'stale',
    onOrder: (order) => {
      orders.push(order);
      void training.stop();
    },
  });
  const stopped = await training.result;
  expect(stopped.reason).toBe('aborted');
  const { steps, weightsHash, history } = await train(run, { workers: 2, mode: 'stale', replay: orders });
  expect([steps, weightsHash, history.length]).toEqual([
    stopped.steps,
    stopped.weightsHash,
    stopped.history.length,
  ]);
});

it('an order that is read back from JSON has the same bits', async () => {
  const order = byTurns('stale');
  const options: TrainOptions = { workers: 2, mode: 'stale' };
  const run = smallRun({ epochs: 1 });
  const { weightsHash } = await train(run, { ...options, replay: [order] });
  expect((await train(run, { ...options, replay: [[...order]] })).weightsHash).toBe(weightsHash);
  const refused = {
    code: 'BAD_OPTION',
    where: { field: 'replay' },
    hint: expect.stringContaining('onOrder'),
  };
  const given = JSON.parse(JSON.stringify([order]));
  await expect(train(run, { ...options, replay: given })).rejects.toMatchObject(refused);
});

it('says that a record has more than the run', async () => {
  const replay = [byTurns('stale'), byTurns('stale')];
  const [warnings, { epochs }] = await warningsOf(smallRun({ epochs: 1 }), {
    workers: 2,
    mode: 'stale',
    replay,
  });
  expect([epochs, warnings]).toEqual([1, ['the run is over, and the record has more: 1 rows of steps']]);
});

it.each<[string, Partial<TrainOptions>]>([
  ['fewer workers', { workers: 1 }],
  ['a resumed run', { resume: {} as RunState }],
])('refuses a record for %s', async (_, options) => {
  const replay = [byTurns('stale')];
  const training = train(smallRun(), { workers: 2, mode: 'stale', replay, ...options });
  await expect(training).rejects.toMatchObject({ code: 'BAD_OPTION', where: { field: 'replay' } });
});

it('a run fails with what a listener to its order throws, even if it diverges next', async () => {
  const full = new Error('no space left');
  const onOrder = (): void => {
    throw full;
  };
  const run = smallRun({ optimizer: sgd({ learningRate: 3e38 }) });
  await expect(train(run, { workers: 2, mode: 'stale', onOrder })).rejects.toBe(full);
});
