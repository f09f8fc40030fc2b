// One layer of three tanh neurons, y = tanh(x W + b), learns the W and b that its data was made with.
import { defineRun, dense, fromArrays, sequential, sgd } from '@lockstep/core';

/** By neuron: its two weights and its bias. */
export const neurons = [
  { weights: [0.5, -1], bias: 0.25 },
  { weights: [-0.75, 0.5], bias: 0 },
  { weights: [1, 0.25], bias: -0.5 },
] as const;

/** By Lambert's continued fraction, z / (1 + z² / (3 + z² / (5 + ...))): every CPU gives the same bits, which Math.tanh need not. */
function tanh(z: number): number {
  let rest = 31;
  for (let odd = 29; odd > 0; odd -= 2) rest = odd + (z * z) / rest;
  return z / rest;
}

const x = Array.from({ length: 64 }, (_, row) => [(row % 8) / 4 - 0.875, Math.floor(row / 8) / 4 - 0.875]);
const y = x.map(([first = 0, second = 0]) =>
  neurons.map(({ weights, bias }) => tanh(weights[0] * first + weights[1] * second + bias)),
);

export default defineRun({
  name: 'tanh-layer',
  data: fromArrays({ x, y }),
  model: sequential(dense(3, { activation: 'tanh' })),
  loss: 'meanSquaredError',
  optimizer: sgd({ learningRate: 0.5, momentum: 0.9 }),
  epochs: 100,
  batchSize: 16,
  seed: 1,
});
