// MNIST, 60,000 handwritten digits of 28 x 28 pixels and 10,000 to judge by.
import { defineRun, dense, flatten, LockstepError, sequential, sgd } from '@lockstep/core';
import { loadMnist } from '@lockstep/core/node';
import { sharedData } from '../data/sharedData.ts';

const folder = sharedData('mnist');
if (folder === undefined)
  throw new LockstepError('DATA_MISSING', 'MNIST is not on this machine', {
    wanted: 'its four files in $LOCKSTEP_DATA/mnist or ../shared/data/mnist',
  });
const { train, test } = loadMnist(folder);

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
