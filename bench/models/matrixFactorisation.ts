import { join } from 'node:path';
import {
  type Dataset,
  defineRun,
  embedding,
  fromArrays,
  type Layer,
  model,
  ops,
  type Run,
  sgd,
} from '@lockstep/core';
import { train } from '@lockstep/parallel';
import { JsonProcess } from '../engine/jsonProcess.ts';
import { roundOf } from '../engine/pytorch.ts';
import { type Round, Training } from '../engine/training.ts';

/** Sizes as of the MovieLens data of a million ratings. */
export const sizes = { users: 6000, items: 4000, rank: 32, batch: 256, ratings: 2 ** 20 } as const;
const learningRate = 0.05;

/** Users, items and ratings that are drawn evenly: nothing to learn, and no row is in the cache more often than others. */
function randomRatings(): Dataset {
  let state = 1;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const numbers = (below: number): Int32Array =>
    Int32Array.from({ length: sizes.ratings }, () => Math.floor(random() * below));
  return fromArrays({
    user: numbers(sizes.users),
    item: numbers(sizes.items),
    rating: Float32Array.from({ length: sizes.ratings }, () => 2 * random() - 1),
  });
}

function runOf(): Run {
  const table = (vocabulary: number): Layer => embedding({ vocabulary, features: sizes.rank });
  return defineRun({
    data: randomRatings(),
    model: model({
      inputs: { user: { shape: [], dtype: 'int32' }, item: { shape: [], dtype: 'int32' } },
      build: ({ user, item }, layer) => {
        const product = ops.mul(
          layer('users', table(sizes.users))(user),
          layer('items', table(sizes.items))(item),
        );
        return { rating: ops.sum(product, { axes: [1], keepDims: true }) };
      },
    }),
    target: 'rating',
    loss: 'meanSquaredError',
    optimizer: sgd({ learningRate }),
    batchSize: sizes.batch,
    epochs: Number.MAX_SAFE_INTEGER,
  });
}

/** Something that trains for so many epochs at a time. */
export interface Side {
  readonly name: string;
  run(epochs: number): Promise<Round>;
  stop(): void | Promise<void>;
}

/** Ours: in this thread, or on worker threads. */
export async function startLockstep(workers?: number): Promise<Side> {
  const training = await Training.startRun(
    runOf(),
    workers === undefined ? undefined : (run) => train(run, { workers }),
  );
  return {
    name: workers === undefined ? 'lockstep, in the calling thread' : `lockstep, ${workers} workers`,
    run: (epochs) => training.run(epochs),
    stop: () => training.stop(),
  };
}

/** `torch.nn.Embedding(sparse=True)` with `torch.optim.SGD`. */
export async function startPyTorch(
  python: string,
  threads: number,
): Promise<{ readonly side: Side; readonly version: string }> {
  const script = join(import.meta.dirname, 'pytorch_factorisation.py');
  const peer = new JsonProcess(python, [script], process.env);
  const { torch, python: version } = await peer.ask({ cmd: 'setup', ...sizes, lr: learningRate, threads });
  return {
    side: {
      name: `PyTorch, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      run: async (epochs) =>
        roundOf(await peer.ask({ cmd: 'run', steps: (epochs * sizes.ratings) / sizes.batch })),
      stop: () => peer.stop(),
    },
    version: `PyTorch ${String(torch)}, Python ${String(version)}`,
  };
}
