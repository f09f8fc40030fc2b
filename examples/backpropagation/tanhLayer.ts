// Article 1, "项目实践": a layer a = tanh(x wᵀ + b) of three neurons under the mean squared error.
import { ops } from '@lockstep/core';
import { compareFormulas } from './compareFormulas.ts';

const rows = 4;
const neurons = 3;
const features = 2;

export default compareFormulas({
  name: 'tanhLayer',
  x: [
    [0.5, -1],
    [1.5, 0.25],
    [-0.75, 1],
    [0.125, 0.5],
  ],
  y: [
    [0.5, 0, -0.5],
    [0.25, 1, 0],
    [-1, 0.5, 0.75],
    [0, -0.25, 0.5],
  ],
  parameters: { weight: [neurons, features], bias: [neurons] },
  network: ({ weight, bias }, x, y) => {
    const a = ops.tanh(ops.add(ops.matmul(x, ops.transpose(weight)), bias));
    const error = ops.sub(a, y);
    const delta = ops.mul(ops.mul(error, ops.sub(1, ops.square(a))), 2 / (rows * neurons));
    return {
      loss: ops.mean(ops.square(error), { axes: [1] }),
      article: {
        // dw = 2 * np.dot(X, (a - y).T) / X.shape[0], transposed so that it fits w
        weight: ops.mul(ops.matmul(ops.transpose(error), x), 2 / features),
        // db = 2 * np.mean(a - y, axis=0), along the examples so that it fits b
        bias: ops.mul(ops.mean(error, { axes: [0] }), 2),
      },
      corrected: { weight: ops.matmul(ops.transpose(delta), x), bias: ops.sum(delta, { axes: [0] }) },
    };
  },
});
