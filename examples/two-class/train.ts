// Two classes with an output for each: a network 2-3-2 with ReLU, softmax and cross entropy in the loss.
import { defineRun, dense, sequential, sgd } from '@lockstep/core';
import { twoClasses } from './points.ts';

export default defineRun({
  name: 'two-class',
  data: twoClasses('labels'),
  model: sequential(dense(3, { activation: 'relu' }), dense(2)),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  optimizer: sgd({ learningRate: 0.1 }),
  epochs: 300,
  batchSize: 4,
  seed: 1,
});
