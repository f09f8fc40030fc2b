import { checkOptions, nonNegative, positive, positiveInteger, required } from '../../options.ts';
import { realPower } from '../float64/realPower.ts';
import type { Schedule } from '../schedule.ts';

export interface PolynomialOptions {
  /** Where it starts. */
  readonly learningRate: number;
  /** Where it ends, and stays. Default 0. */
  readonly minimum?: number;
  /** Default 1: a straight line. */
  readonly power?: number;
  /** Steps from start to end. Default: all of the run. */
  readonly totalSteps?: number;
}

/**
 * Polynomial decay: minimum + (learningRate - minimum) (1 - step / totalSteps)^power.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function polynomial(options: PolynomialOptions): Schedule {
  checkOptions('polynomial', options, {
    learningRate: required(nonNegative),
    minimum: nonNegative,
    power: positive,
    totalSteps: positiveInteger,
  });
  const { learningRate, minimum = 0, power = 1 } = options;
  return (step, runSteps) => {
    const totalSteps = options.totalSteps ?? runSteps;
    if (step >= totalSteps) return minimum;
    return minimum + (learningRate - minimum) * realPower(1 - step / totalSteps, power);
  };
}
