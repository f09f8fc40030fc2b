import { LockstepError } from '../../errors.ts';
import { checkOptions, nonNegative, nonNegativeInteger, positiveInteger, required } from '../../options.ts';
import { integerPower } from '../float64/integerPower.ts';
import type { Schedule } from '../schedule.ts';

export interface StepOptions {
  /** Where it starts. */
  readonly learningRate: number;
  /** Times the learning rate at every fall. Default 0.1. */
  readonly factor?: number;
  /** Falls after every so many steps. */
  readonly every?: number;
  /** Falls at these steps, in rising order. Either this or `every`. */
  readonly at?: readonly number[];
}

/**
 * A learning rate that falls in steps: learningRate factor^n after n falls. `byEpoch` makes it count epochs.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function step(options: StepOptions): Schedule {
  checkOptions('step', options, {
    learningRate: required(nonNegative),
    factor: nonNegative,
    every: positiveInteger,
    at: {
      wanted: 'integers, 0 or above, in rising order',
      holds: (value) =>
        Array.isArray(value) &&
        value.every((from, n) => nonNegativeInteger.holds(from) && (n === 0 || from > value[n - 1])),
    },
  });
  const { learningRate, factor = 0.1, every, at } = options;
  if ((every === undefined) === (at === undefined))
    throw new LockstepError('BAD_OPTION', 'it has to be said in one way when the learning rate falls', {
      where: { field: 'step.every' },
      got: every === undefined ? 'neither `every` nor `at`' : 'both `every` and `at`',
      hint: 'Write step({ learningRate, every: 1000 }) or step({ learningRate, at: [1000, 1500] }).',
    });
  const falls = (now: number): number =>
    every === undefined ? (at ?? []).filter((from) => from <= now).length : Math.floor(now / every);
  return (now) => learningRate * integerPower(factor, falls(now));
}
