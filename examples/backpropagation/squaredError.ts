// Article 2, section 3.2: (y - ŷ) ∂ŷ/∂z ∂z/∂w for the squared error, in a sigmoid neuron.
import { type Node, ops } from '@lockstep/core';
import { compareFormulas } from './compareFormulas.ts';

export default compareFormulas({
  name: 'squaredError',
  x: [
    [0.5, 1],
    [-1, 0.25],
    [0.75, -0.5],
  ],
  y: [[1], [0], [0.5]],
  parameters: { weight: [2, 1], bias: [1] },
  network: ({ weight, bias }, x, y) => {
    const output = ops.sigmoid(ops.add(ops.matmul(x, weight), bias));
    const slope = ops.mul(output, ops.sub(1, output));
    const gradients = (error: Node): { weight: Node; bias: Node } => {
      const delta = ops.mul(ops.mul(error, slope), 1 / 3);
      return { weight: ops.matmul(ops.transpose(x), delta), bias: ops.sum(delta, { axes: [0] }) };
    };
    return {
      loss: ops.sum(ops.mul(ops.square(ops.sub(y, output)), 0.5), { axes: [1] }),
      article: gradients(ops.sub(y, output)),
      corrected: gradients(ops.sub(output, y)),
    };
  },
});
