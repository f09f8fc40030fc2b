// Article 5, section 4: ∂J/∂θ = ∂J/∂z_j ∂z_j/∂θ, one term, for a weight that is in two sums: z1 = θ x1 and z2 = θ x2.
import { ops } from '@lockstep/core';
import { compareFormulas } from './compareFormulas.ts';

export default compareFormulas({
  name: 'sharedWeight',
  x: [
    [0.5, -1],
    [1.5, 0.25],
    [-0.75, 2],
  ],
  y: [
    [1, 0],
    [0.5, -1],
    [0, 0.25],
  ],
  parameters: { theta: [1] },
  network: ({ theta }, x, y) => {
    const a = ops.tanh(ops.mul(x, theta));
    const error = ops.sub(a, y);
    /** ∂J/∂z_j ∂z_j/∂θ of every row, in two columns. */
    const terms = ops.mul(ops.mul(error, ops.sub(1, ops.square(a))), x);
    return {
      loss: ops.mul(ops.sum(ops.square(error), { axes: [1] }), 0.5),
      article: { theta: ops.mean(ops.slice(terms, [0, 0], [-1, 1]), { axes: [0] }) },
      corrected: { theta: ops.mean(ops.sum(terms, { axes: [1], keepDims: true }), { axes: [0] }) },
    };
  },
});
