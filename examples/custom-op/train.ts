// An activation that lockstep does not have, as an op of one's own: it compiles into the kernels around it like any other.
import { adam, defineRun, dense, fromArrays, sequential } from '@lockstep/core';
import { softsign } from './softsign.ts';

const xs = Array.from({ length: 128 }, (_, at) => at / 32 - 2);

export default defineRun({
  name: 'custom-op',
  data: fromArrays({ x: xs.map((x) => [x]), y: xs.map((x) => [x * x]) }),
  model: sequential(dense(16, { activation: (x) => softsign([x], {}) }), dense(1)),
  loss: 'meanSquaredError',
  optimizer: adam({ learningRate: 0.02 }),
  epochs: 150,
  batchSize: 32,
  seed: 1,
});
