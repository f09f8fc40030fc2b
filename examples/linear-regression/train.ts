// A line through noiseless points, y = 2 x: the weight has to become 2 and the bias 0.
import { defineRun, dense, fromArrays, sequential, sgd } from '@lockstep/core';

const xs = Array.from({ length: 64 }, (_, i) => i / 32 - 1);

export default defineRun({
  name: 'linear-regression',
  data: fromArrays({ x: xs.map((x) => [x]), y: xs.map((x) => [2 * x]) }),
  model: sequential(dense(1)),
  loss: 'meanSquaredError',
  metrics: ['meanAbsoluteError'],
  optimizer: sgd({ learningRate: 0.2 }),
  epochs: 50,
  batchSize: 16,
});
