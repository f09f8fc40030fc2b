// Article 2, section 4.1: ∂L/∂ŷ = y - ŷ for L = -Σ y log ŷ; with respect to probabilities ŷ, and to logits z with ŷ = softmax(z).
import { ops } from '@lockstep/core';
import { compareFormulas } from './compareFormulas.ts';

export default compareFormulas({
  name: 'crossEntropy',
  x: [[1]],
  y: [[0, 1, 0]],
  parameters: { probabilities: [3], logits: [3] },
  start: { low: 0.1, high: 0.9 },
  network: ({ probabilities, logits }, _x, y) => {
    const fromLogits = ops.softmax(logits);
    const answers = ops.sum(y, { axes: [0] });
    const log = ops.add(ops.log(probabilities), ops.logSoftmax(logits));
    return {
      loss: ops.neg(ops.sum(ops.mul(y, log), { axes: [1] })),
      article: { probabilities: ops.sub(answers, probabilities), logits: ops.sub(answers, fromLogits) },
      corrected: {
        probabilities: ops.neg(ops.div(answers, probabilities)),
        logits: ops.sub(fromLogits, answers),
      },
    };
  },
});
