import { checkOptions, nonNegative, positiveInteger, required } from '../../options.ts';
import { realPower } from '../float64/realPower.ts';
import type { Schedule } from '../schedule.ts';

export interface ExponentialOptions {
  /** Where it starts. */
  readonly learningRate: number;
  /** Times the learning rate in `every` steps, evenly. */
  readonly factor: number;
  /** Default 1. */
  readonly every?: number;
  /** It goes no lower. Default 0. */
  readonly minimum?: number;
}

/**
 * Exponential decay: max(learningRate factor^(step / every), minimum).
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function exponential(options: ExponentialOptions): Schedule {
  checkOptions('exponential', options, {
    learningRate: required(nonNegative),
    factor: required(nonNegative),
    every: positiveInteger,
    minimum: nonNegative,
  });
  const { learningRate, factor, every = 1, minimum = 0 } = options;
  return (step) => Math.max(learningRate * realPower(factor, step / every), minimum);
}
