// Two classes with one output: a network 2-3-1 with ReLU, sigmoid and binary cross entropy in the loss.
import { defineRun, dense, sequential, sgd } from '@lockstep/core';
import { twoClasses } from './points.ts';

export default defineRun({
  name: 'two-class-one-output',
  data: twoClasses('numbers'),
  model: sequential(dense(3, { activation: 'relu' }), dense(1)),
  loss: 'binaryCrossentropy',
  metrics: ['binaryAccuracy'],
  optimizer: sgd({ learningRate: 0.1 }),
  epochs: 300,
  batchSize: 4,
  seed: 1,
});
