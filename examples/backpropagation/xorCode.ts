// Article 4, section 4: the backward pass of its XOR network, line by line, with no more mended than it takes for shapes to fit:
// W2 is [2, 1], dL_da2 is a2 - y, and the last product is taken element by element.
import { type Node, ops } from '@lockstep/core';
import { compareFormulas } from './compareFormulas.ts';

const rows = 4;

export default compareFormulas({
  name: 'xorCode',
  x: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  y: [[0], [1], [1], [0]],
  parameters: { W1: [2, 2], b1: [2], W2: [2, 1], b2: [1] },
  network: ({ W1, b1, W2, b2 }, x, y) => {
    const a1 = ops.sigmoid(ops.add(ops.matmul(x, W1), b1));
    const z = ops.add(ops.matmul(a1, W2), b2);
    const a2 = ops.sigmoid(z);
    const error = ops.sub(a2, y);
    const overRows = (terms: Node): Node => ops.sum(terms, { axes: [0] });
    const derivative = (value: Node): Node => ops.mul(value, ops.sub(1, value));
    const dz2 = ops.mul(error, derivative(z));
    const delta2 = ops.mul(ops.mul(error, 2 / rows), derivative(a2));
    const delta1 = ops.mul(ops.matmul(delta2, ops.transpose(W2)), derivative(a1));
    return {
      loss: ops.sum(ops.square(error), { axes: [1] }),
      article: {
        W2: ops.matmul(ops.transpose(a1), error),
        b2: overRows(error),
        W1: ops.broadcastTo(ops.matmul(ops.transpose(x), ops.mul(dz2, derivative(z))), { shape: [2, 2] }),
        b1: ops.broadcastTo(overRows(dz2), { shape: [2] }),
      },
      corrected: {
        W2: ops.matmul(ops.transpose(a1), delta2),
        b2: overRows(delta2),
        W1: ops.matmul(ops.transpose(x), delta1),
        b1: overRows(delta1),
      },
    };
  },
});
