import type { Node } from '../../graph/node.ts';
import { exp, expm1, log, maximum, mul, neg, square } from '../../ops/index.ts';
import { nonNegative, type OptionRule } from '../../options.ts';

export interface FocalOptions {
  /** How much less a row counts that is already right. Default 2; 0 is the cross entropy. */
  readonly gamma?: number;
}

export const focalRules = { gamma: nonNegative } as const satisfies Record<keyof FocalOptions, OptionRule>;

/**
 * (1 - p)^gamma of log(p). 1 - p is -expm1(log p), which is exact to the last bits near p = 1; where it is below 2^-24 the power
 * is that of 2^-24, whose derivative is 0, since that of a power below 1 would be infinite.
 */
export function focalFactor(logProbability: Node, gamma: number): Node {
  const missing = neg(expm1(logProbability));
  return gamma === 2 ? square(missing) : exp(mul(log(maximum(missing, 2 ** -24)), gamma));
}
