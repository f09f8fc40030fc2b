import type { Node } from '../graph/node.ts';
import { add, mul, sub } from '../ops/index.ts';
import { belowOne, checkOptions, flag } from '../options.ts';

/** A moving average of the weights, kept beside them. */
export interface WeightAverageOptions {
  /** Share of the average that stays in a step, from 0 to below 1. Default 0.999. */
  readonly decay?: number;
  /** Begin with a smaller share, so that the start is soon forgotten: at most (1 + t) / (10 + t) in step t. Default true. */
  readonly warmUp?: boolean;
  /** Validate, evaluate and predict with the average in place of the weights. Default true. */
  readonly evaluate?: boolean;
}

/** @throws LockstepError BAD_OPTION, UNKNOWN_OPTION */
export function resolveWeightAverage(options: WeightAverageOptions): Required<WeightAverageOptions> {
  checkOptions('run.weightAverage', options, { decay: belowOne, warmUp: flag, evaluate: flag });
  const { decay = 0.999, warmUp = true, evaluate = true } = options;
  return { decay, warmUp, evaluate };
}

/** The share of a step's weights in the average, in float64. */
export function averageShare({ decay, warmUp }: Required<WeightAverageOptions>): (step: number) => number {
  // t = step + 1.
  return (step) => 1 - (warmUp ? Math.min(decay, (2 + step) / (11 + step)) : decay);
}

/** The average after a step: average + (weights - average) share, in this order of float32 operations. */
export function nextAverage(average: Node, weights: Node, share: Node): Node {
  return add(average, mul(sub(weights, average), share));
}
