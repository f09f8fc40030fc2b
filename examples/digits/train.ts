// Handwritten digits of 8 x 8 pixels: 1,797 rows, a fifth of them held out.
import { fileURLToPath } from 'node:url';
import { adam, defineRun, dense, dropout, rescale, schedules, sequential } from '@lockstep/core';
import { readCsv } from '@lockstep/core/node';

const file = fileURLToPath(new URL('../data/digits.csv', import.meta.url));

export default defineRun({
  name: 'digits',
  data: {
    train: rescale(readCsv(file, { target: 'label', classes: 10 }), 'features', { scale: 1 / 16 }),
    validation: 0.2,
  },
  model: sequential(
    dense(128, { activation: 'relu' }),
    dropout(0.2),
    dense(64, { activation: 'relu' }),
    dense(10),
  ),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  optimizer: adam({ learningRate: schedules.cosine({ learningRate: 0.005 }) }),
  epochs: 40,
  batchSize: 32,
  seed: 1,
});
