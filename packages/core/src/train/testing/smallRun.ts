import { fromArrays } from '../../data/fromArrays.ts';
import { standardise } from '../../data/standardise.ts';
import { dense, dropout, sequential } from '../../nn/layers/index.ts';
import { adam } from '../../optim/adam.ts';
import { schedules } from '../../optim/index.ts';
import type { RunOptions } from '../runOptions.ts';

const points = Array.from({ length: 29 }, (_, i) => [(i * 7) % 29, (i * 13) % 31]);

/**
 * A small run with all that a loop has to keep: optimizer state, dropout, a schedule, a short last mini-batch, and
 * early stopping that goes back to the best weights. Five steps an epoch.
 */
export const smallRunOptions: RunOptions = {
  data: {
    train: standardise(
      fromArrays({ x: points, y: { values: points.map(([a = 0, b = 0]) => (a + b) % 3), classes: 3 } }),
      'x',
    ),
    validation: 0.2,
  },
  model: sequential(dense(7, { activation: 'tanh' }), dropout(0.25), dense(3)),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  optimizer: adam(),
  learningRate: schedules.cosine({ learningRate: 0.05 }),
  epochs: 6,
  batchSize: 5,
  lanes: 2,
  seed: 11,
  earlyStopping: { monitor: 'val.accuracy', patience: 3, restoreBest: true },
};
