import type { Node } from '../../graph/node.ts';
import { add, exp, mul, neg, softplus, sub } from '../../ops/index.ts';
import { checkOptions, type OptionRule } from '../../options.ts';
import { type FocalOptions, focalRules } from './focalFactor.ts';
import { type Loss, matchTarget, meanOfRows } from './loss.ts';

export interface BinaryFocalOptions extends FocalOptions {
  /** Weight of the answer yes; no has 1 - alpha. Default: both have 1. */
  readonly alpha?: number;
}

const share: OptionRule = {
  wanted: 'a number from 0 to 1',
  holds: (value) => typeof value === 'number' && value >= 0 && value <= 1,
};

/**
 * Focal loss of yes-or-no answers (Lin et al. 2017), the mean over everything but the rows: (1 - p)^gamma times the cross entropy
 * -log(p), for p the probability given to the right answer. A target y between 0 and 1 takes that part of each.
 *
 * For a logit z, -log(p) is softplus(-z) and (1 - p)^gamma is exp(-gamma softplus(z)): neither overflows, and no power is taken.
 *
 * The loss takes logits [B, ...], before any sigmoid, and targets from 0 to 1 of the same shape ([B] goes with [B, 1]), and gives
 * [B]; it throws LockstepError SHAPE_MISMATCH.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function binaryFocalCrossentropy(options: BinaryFocalOptions = {}): Loss {
  checkOptions('binaryFocalCrossentropy', options, { ...focalRules, alpha: share });
  const { gamma = 2, alpha } = options;
  const ofYes = (z: Node): Node => mul(exp(mul(softplus(z), -gamma)), softplus(neg(z)));
  return function binaryFocalCrossentropy(output, target) {
    const yes = matchTarget('binaryFocalCrossentropy', output, target);
    const no = sub(1, yes);
    const weighted = (answer: Node, weight: number | undefined): Node =>
      weight === undefined ? answer : mul(answer, weight);
    const left = mul(weighted(yes, alpha), ofYes(output));
    const right = mul(weighted(no, alpha === undefined ? undefined : 1 - alpha), ofYes(neg(output)));
    return meanOfRows(add(left, right));
  };
}
