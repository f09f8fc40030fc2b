import { abs, lessEqual, mul, square, sub, where } from '../../ops/index.ts';
import { checkOptions, positive } from '../../options.ts';
import { type Loss, matchTarget, meanOfRows } from './loss.ts';

export interface HuberOptions {
  /** Up to this difference the loss is a parabola, beyond it a line. Default 1. */
  readonly delta?: number;
}

/**
 * Huber's loss (1964), the mean over everything but the rows of d² / 2 for differences |d| up to delta, and of
 * delta (|d| - delta / 2) beyond: as the squared error where it is small, and outliers count no more than in the absolute one.
 *
 * The loss takes [B, ...] and targets of the same shape ([B] goes with [B, 1]), and gives [B]; it throws LockstepError
 * SHAPE_MISMATCH.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function huber(options: HuberOptions = {}): Loss {
  checkOptions('huber', options, { delta: positive });
  const { delta = 1 } = options;
  return function huber(output, target) {
    const difference = sub(output, matchTarget('huber', output, target));
    const distance = abs(difference);
    const line = mul(sub(distance, delta / 2), delta);
    return meanOfRows(where(lessEqual(distance, delta), mul(square(difference), 0.5), line));
  };
}
