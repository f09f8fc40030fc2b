import type { Node } from '../../graph/node.ts';
import { add, mul } from '../../ops/index.ts';
import { belowOne, checkOptions } from '../../options.ts';

export interface LabelSmoothingOptions {
  /**
   * The share of every target that is spread evenly over all classes (Szegedy et al. 2016), from 0 to below 1. Default 0.
   */
  readonly labelSmoothing?: number;
}

/**
 * The share, checked.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function smoothingOf(loss: string, options: LabelSmoothingOptions): number {
  checkOptions(loss, options, { labelSmoothing: belowOne });
  return options.labelSmoothing ?? 0;
}

/** (1 - smoothing) target + smoothing / classes; a yes-or-no answer has two classes. */
export function smooth(target: Node, smoothing: number, classes: number): Node {
  return smoothing === 0 ? target : add(mul(target, 1 - smoothing), smoothing / classes);
}
