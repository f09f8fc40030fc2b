import {
  defineRun,
  dense,
  flatten,
  fromArrays,
  type Run,
  schedules,
  selectRows,
  sequential,
  sgd,
} from '@lockstep/core';
import { findData, loadMnist } from '@lockstep/core/node';
import { besideCheckout } from '../../examples/data/besideCheckout.ts';
import digits from '../../examples/digits/train.ts';
import { factorisationRun } from './factorisationRun.ts';
import { generatedRatings } from './generatedRatings.ts';

/** What is trained. */
export interface Problem {
  /** Names its plot. */
  readonly key: string;
  readonly name: string;
  /** Reads the data. All runs have rows of the training data as validation: their loss is taken with all workers at rest. */
  load(): (seed: number) => Run;
}

/** Rows spread over all of them. The step is odd: every other row of MNIST was written by people who write worse. */
const every = (rows: number, step: number): number[] =>
  Array.from({ length: Math.floor(rows / step) }, (_, at) => at * step);

const { cosine } = schedules;

/**
 * Learning rates are moderate: the more workers, the staler the gradients, and the smaller
 * the greatest rate at which they still lead down.
 */
export const problems: readonly Problem[] = [
  {
    key: 'digits',
    name: 'digits, 64-128-64-10 with dropout, batch 32, SGD',
    load: () => {
      const { train } = digits;
      return (seed) =>
        defineRun({
          ...digits.options,
          data: { train, validation: train },
          optimizer: sgd({ learningRate: cosine({ learningRate: 0.08 }) }),
          // It keeps the loss away from 0, of which 2 % would be nothing.
          l2: 1e-3,
          epochs: 40,
          seed,
        });
    },
  },
  {
    key: 'mnist',
    name: 'MNIST, 784-64-64-10, batch 32, SGD',
    load: () => {
      const { train } = loadMnist(findData('mnist', { folders: besideCheckout }));
      const validation = selectRows(train, every(train.rows, 5));
      return (seed) =>
        defineRun({
          data: { train, validation },
          model: sequential(
            flatten(),
            dense(64, { activation: 'relu' }),
            dense(64, { activation: 'relu' }),
            dense(10),
          ),
          loss: 'sparseCategoricalCrossentropy',
          optimizer: sgd({ learningRate: cosine({ learningRate: 0.05 }) }),
          epochs: 6,
          batchSize: 32,
          seed,
        });
    },
  },
  {
    key: 'factorisation',
    name: 'matrix factorisation, 6000 x 4000, rank 32, batch 256, sparse SGD',
    load: () => {
      const train = fromArrays({ ...generatedRatings() });
      const validation = selectRows(train, every(train.rows, 7));
      return (seed) =>
        factorisationRun({
          data: { train, validation },
          optimizer: sgd({ learningRate: cosine({ learningRate: 10 }) }),
          epochs: 5,
          seed,
        });
    },
  },
];
