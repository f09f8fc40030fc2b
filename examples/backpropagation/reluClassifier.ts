// Article 2, section 5.2: its two-class network of ReLUs under the binary cross entropy, with the axis of the sums mended so that
// it runs, and weights from which no output leaves (0, 1).
import { type Node, ops } from '@lockstep/core';
import { compareFormulas } from './compareFormulas.ts';

const rows = 4;
const features = 2;

export default compareFormulas({
  name: 'reluClassifier',
  x: [
    [1, 2],
    [2, 3],
    [3, 4],
    [4, 5],
  ],
  y: [[0], [0], [1], [1]],
  parameters: { weight1: [features, 3], bias1: [3], weight2: [3, 1], bias2: [1] },
  start: { low: 0.05, high: 0.15 },
  network: ({ weight1, bias1, weight2, bias2 }, x, y) => {
    const a1 = ops.relu(ops.add(ops.matmul(x, weight1), bias1));
    const z2 = ops.add(ops.matmul(a1, weight2), bias2);
    const a2 = ops.relu(z2);
    const backward = (dz2: Node, count: number) => {
      const dz1 = ops.mul(ops.matmul(dz2, ops.transpose(weight2)), ops.cast(ops.greater(a1, 0), 'float32'));
      const mean = (total: Node): Node => ops.mul(total, 1 / count);
      return {
        weight1: mean(ops.matmul(ops.transpose(x), dz1)),
        bias1: mean(ops.sum(dz1, { axes: [0] })),
        weight2: mean(ops.matmul(ops.transpose(a1), dz2)),
        bias2: mean(ops.sum(dz2, { axes: [0] })),
      };
    };
    const right = ops.mul(y, ops.log(a2));
    const wrong = ops.mul(ops.sub(1, y), ops.log(ops.sub(1, a2)));
    const error = ops.sub(a2, y);
    return {
      loss: ops.neg(ops.sum(ops.add(right, wrong), { axes: [1] })),
      article: backward(error, features),
      corrected: backward(
        ops.where(ops.greater(z2, 0), ops.div(error, ops.mul(a2, ops.sub(1, a2))), 0),
        rows,
      ),
    };
  },
});
