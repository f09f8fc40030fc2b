// XOR with two hidden neurons. The error surface has minima at infinity besides the solutions (loss 1/8 and 1/6), so
// that some seeds do not get there: with small weights at the start and momentum it is 2 of the seeds 0 to 99.
import { defineRun, dense, fromArrays, initializers, sequential, sgd } from '@lockstep/core';

const small = initializers.uniform({ low: -0.3, high: 0.3 });
const neurons = (units: number) =>
  dense(units, { activation: 'sigmoid', kernelInitializer: small, biasInitializer: small });

export default defineRun({
  name: 'xor',
  data: fromArrays({
    x: [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    y: [[0], [1], [1], [0]],
  }),
  model: sequential(neurons(2), neurons(1)),
  loss: 'meanSquaredError',
  optimizer: sgd({ learningRate: 1, momentum: 0.9 }),
  epochs: 3000,
  batchSize: 4,
  shuffle: false,
});
