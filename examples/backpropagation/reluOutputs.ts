// Article 2, section 4.4: the output layer of its 2-3-2 network of ReLUs under the cross entropy, for one row of hidden activations.
import { type Node, ops } from '@lockstep/core';
import { compareFormulas } from './compareFormulas.ts';

export default compareFormulas({
  name: 'reluOutputs',
  x: [[0.5, 1.25, 2]],
  y: [[0, 1]],
  parameters: { weight: [3, 2], bias: [2] },
  start: { low: 0.1, high: 0.5 },
  network: ({ weight, bias }, a, y) => {
    const output = ops.relu(ops.add(ops.matmul(a, weight), bias));
    const gradients = (factors: Node, delta: Node): { weight: Node; bias: Node } => ({
      weight: ops.matmul(ops.transpose(factors), delta),
      bias: ops.sum(delta, { axes: [0] }),
    });
    // ∂z/∂w of the three weights: 1, a1, a2 where it has to be a1, a2, a3
    const first = (count: number): Node => ops.slice(a, [0, 0], [-1, count]);
    const shifted = ops.concat([ops.onesLike(first(1)), first(2)]);
    return {
      loss: ops.neg(ops.sum(ops.mul(y, ops.log(output)), { axes: [1] })),
      article: gradients(shifted, ops.sub(y, output)),
      corrected: gradients(a, ops.neg(ops.div(y, output))),
    };
  },
});
