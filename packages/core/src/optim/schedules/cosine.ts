import { checkOptions, nonNegative, positiveInteger, required } from '../../options.ts';
import { cosinePi } from '../float64/cosinePi.ts';
import type { Schedule } from '../schedule.ts';

export interface CosineOptions {
  /** Where it starts. */
  readonly learningRate: number;
  /** Where it ends, and stays. Default 0. */
  readonly minimum?: number;
  /** Steps from start to end. Default: all of the run. */
  readonly totalSteps?: number;
}

/**
 * Half a cosine from `learningRate` down to `minimum` (Loshchilov and Hutter 2017, without restarts):
 * minimum + (learningRate - minimum) * 0.5 * (1 + cos(pi * step / totalSteps)).
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function cosine(options: CosineOptions): Schedule {
  checkOptions('cosine', options, {
    learningRate: required(nonNegative),
    minimum: nonNegative,
    totalSteps: positiveInteger,
  });
  const { learningRate, minimum = 0 } = options;
  return (step, runSteps) => {
    const totalSteps = options.totalSteps ?? runSteps;
    if (step >= totalSteps) return minimum;
    return minimum + (learningRate - minimum) * 0.5 * (1 + cosinePi(step / totalSteps));
  };
}
