// Article 4, section 3.3.2: ∂y/∂W = y (1 - y) and ∂y/∂b = y, in its network of sigmoids under the mean squared error.
import { type Node, ops } from '@lockstep/core';
import { compareFormulas } from './compareFormulas.ts';

const rows = 4;

export default compareFormulas({
  name: 'sigmoidNetwork',
  x: [
    [0.5, -1],
    [1.5, 0.25],
    [-0.75, 1],
    [0.125, 0.5],
  ],
  y: [[0], [1], [1], [0]],
  parameters: { weightH: [2, 3], biasH: [3], weightY: [3, 1], biasY: [1] },
  network: ({ weightH, biasH, weightY, biasY }, x, target) => {
    const h = ops.sigmoid(ops.add(ops.matmul(x, weightH), biasH));
    const y = ops.sigmoid(ops.add(ops.matmul(h, weightY), biasY));
    const slope = (a: Node): Node => ops.mul(a, ops.sub(1, a));
    const overRows = (terms: Node): Node => ops.sum(terms, { axes: [0] });
    const error = ops.sub(y, target);
    const dy = ops.mul(error, 2 / rows);
    const deltaY = ops.mul(dy, slope(y));
    const dh = ops.matmul(deltaY, ops.transpose(weightY));
    const deltaH = ops.mul(dh, slope(h));
    return {
      loss: ops.sum(ops.square(error), { axes: [1] }),
      article: {
        // The input of the layer is in none of these: every row of a matrix gets the same.
        weightY: ops.broadcastTo(overRows(deltaY), { shape: [3, 1] }),
        biasY: overRows(ops.mul(dy, y)),
        weightH: ops.broadcastTo(overRows(deltaH), { shape: [2, 3] }),
        biasH: overRows(ops.mul(dh, h)),
      },
      corrected: {
        weightY: ops.matmul(ops.transpose(h), deltaY),
        biasY: overRows(deltaY),
        weightH: ops.matmul(ops.transpose(x), deltaH),
        biasH: overRows(deltaH),
      },
    };
  },
});
