// Article 2, section 3.2: the slopes of ReLU and tanh, each in ŷ = σ(w x) under half the squared error.
import { type Node, ops } from '@lockstep/core';
import { compareFormulas } from './compareFormulas.ts';

export default compareFormulas({
  name: 'activationSlopes',
  x: [[0.5], [-1.25], [2], [0.75]],
  y: [[0.25], [1], [-0.5], [0]],
  parameters: { relu: [1], tanh: [1] },
  network: ({ relu, tanh }, x, y) => {
    const [zr, zt] = [ops.mul(x, relu), ops.mul(x, tanh)];
    const [r, t] = [ops.relu(zr), ops.tanh(zt)];
    const halfSquare = (output: Node): Node =>
      ops.sum(ops.mul(ops.square(ops.sub(output, y)), 0.5), { axes: [1] });
    const gradient = (output: Node, slope: Node): Node =>
      ops.mean(ops.mul(ops.mul(ops.sub(output, y), slope), x), { axes: [0] });
    return {
      loss: ops.add(halfSquare(r), halfSquare(t)),
      article: { relu: gradient(r, r), tanh: gradient(t, ops.mul(t, ops.sub(1, ops.square(t)))) },
      corrected: {
        relu: gradient(r, ops.cast(ops.greater(zr, 0), 'float32')),
        tanh: gradient(t, ops.sub(1, ops.square(t))),
      },
    };
  },
});
