import {
  type Dataset,
  defineRun,
  embedding,
  initializers,
  type Layer,
  model,
  type Optimizer,
  ops,
  type Run,
  type RunData,
} from '@lockstep/core';
import { ratingSizes } from './generatedRatings.ts';

/** Width of the tables' rows, and ratings of a mini-batch. */
export const factorisation = { rank: 32, batch: 256 } as const;

export interface FactorisationOptions {
  readonly data: Dataset | RunData;
  readonly optimizer: Optimizer;
  readonly epochs: number;
  readonly seed?: number;
}

/** rating(user, item) is the dot product of a row of each table; squared error; sparse gradients. */
export function factorisationRun({ data, optimizer, epochs, seed = 0 }: FactorisationOptions): Run {
  const table = (vocabulary: number): Layer =>
    embedding({
      vocabulary,
      features: factorisation.rank,
      initializer: initializers.normal({ deviation: 0.2 }),
    });
  return defineRun({
    name: 'factorisation',
    data,
    model: model({
      inputs: { user: { shape: [], dtype: 'int32' }, item: { shape: [], dtype: 'int32' } },
      build: ({ user, item }, layer) => {
        const product = ops.mul(
          layer('users', table(ratingSizes.users))(user),
          layer('items', table(ratingSizes.items))(item),
        );
        return { rating: ops.sum(product, { axes: [1], keepDims: true }) };
      },
    }),
    target: 'rating',
    loss: 'meanSquaredError',
    optimizer,
    batchSize: factorisation.batch,
    epochs,
    seed,
  });
}
