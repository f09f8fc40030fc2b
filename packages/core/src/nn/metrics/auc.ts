import type { Node } from '../../graph/node.ts';
import { cast, equal, iota, minimum, mul, reshape, sigmoid, sub, sum, where } from '../../ops/index.ts';
import { checkOptions, type OptionRule, positiveInteger } from '../../options.ts';
import { sizeOf } from '../../tensor/tensorType.ts';
import { matchTarget } from '../losses/loss.ts';
import type { SummedMetric } from './metric.ts';

export interface AucOptions {
  /** Equal parts of the probabilities from 0 to 1 that answers are counted in. Default 200. */
  readonly bins?: number;
  /** What the model gives. Default `logits`. */
  readonly outputs?: 'logits' | 'probabilities';
}

const outputsRule: OptionRule = {
  wanted: '"logits" or "probabilities"',
  holds: (value) => value === 'logits' || value === 'probabilities',
};

/**
 * The area under the ROC curve of yes-or-no answers: how often an answer that is to be yes gets the greater output than one that
 * is to be no. Answers are counted by their probability in `bins` equal parts, as Keras does by thresholds, since sorting all
 * of them would need all rows at once; two in the same part count as equal, by half. NaN if all answers are the same.
 *
 * The metric takes outputs [B, ...] and targets from 0 to 1 of the same shape ([B] goes with [B, 1]); it throws LockstepError
 * SHAPE_MISMATCH.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function auc(options: AucOptions = {}): SummedMetric {
  checkOptions('auc', options, { bins: positiveInteger, outputs: outputsRule });
  const { bins = 200, outputs = 'logits' } = options;
  return {
    contributions: (output, target) => {
      const yes = matchTarget('auc', output, target);
      const [rows = 1, ...row] = output.shape;
      const inRows = (x: Node): Node => reshape(x, [rows, sizeOf(row), 1], { batchAxis: 0 });
      const probability = inRows(outputs === 'logits' ? sigmoid(output) : output);
      const bin = minimum(cast(mul(probability, bins), 'int32'), bins - 1);
      const isIn = equal(bin, iota({ shape: [bins] }));
      const counted = (answer: Node): Node => sum(where(isIn, inRows(answer), 0), { axes: [1] });
      return [counted(yes), counted(sub(1, yes))];
    },
    finish: ([yes = [], no = []]) => {
      let [below, pairs] = [0, 0];
      for (const [bin, count] of yes.entries()) {
        const here = no[bin] ?? 0;
        pairs += count * (below + here / 2);
        below += here;
      }
      return pairs / (below * yes.reduce((total, count) => total + count, 0));
    },
  };
}
