import { LockstepError } from '../../errors.ts';
import * as ops from '../../ops/index.ts';
import { anyNumber, checkOptions, nonNegative, type OptionRule } from '../../options.ts';
import type { Initializer } from './initializer.ts';

export interface UniformOptions {
  /** Default -0.05. */
  readonly low?: number;
  /** Default 0.05. */
  readonly high?: number;
}

/**
 * Uniform from `low` to below `high`.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function uniform(options: UniformOptions = {}): Initializer {
  checkOptions('uniform', options, { low: anyNumber, high: anyNumber });
  const { low = -0.05, high = 0.05 } = options;
  if (low > high)
    throw new LockstepError('BAD_OPTION', 'the interval is empty', {
      where: { field: 'uniform.low' },
      got: `${low} to ${high}`,
      wanted: 'low <= high',
    });
  return (shape, path) => ops.uniform({ shape }, { purpose: path, low, high });
}

export interface NormalOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Standard deviation, default 0.05. */
  readonly deviation?: number;
}

/** What they may be. */
export const normalRules = { mean: anyNumber, deviation: nonNegative } as const satisfies Record<
  keyof NormalOptions,
  OptionRule
>;

/**
 * Normal, not truncated.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function normal(options: NormalOptions = {}): Initializer {
  checkOptions('normal', options, normalRules);
  const { mean = 0, deviation = 0.05 } = options;
  return (shape, path) => ops.normal({ shape }, { purpose: path, mean, deviation });
}
