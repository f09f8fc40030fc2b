// MNIST, 60,000 handwritten digits of 28 x 28 pixels and 10,000 to judge by. `lockstep data get mnist` downloads it.
import { defineRun, dense, flatten, sequential, sgd } from '@lockstep/core';
import { findData, loadMnist } from '@lockstep/core/node';
import { besideCheckout } from '../data/besideCheckout.ts';

const { train, test } = loadMnist(findData('mnist', { folders: besideCheckout }));

export default defineRun({
  name: 'mnist-mlp',
  data: { train, validation: test },
  model: sequential(
    flatten(),
    dense(64, { activation: 'relu' }),
    dense(64, { activation: 'relu' }),
    dense(10),
  ),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  optimizer: sgd({ learningRate: 0.1 }),
  epochs: 5,
  batchSize: 32,
});
