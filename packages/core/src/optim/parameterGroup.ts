import { LockstepError } from '../errors.ts';
import { checkOptions, nonNegative, type OptionRule } from '../options.ts';
import { type LearningRate, learningRateRule, toSchedule } from './learningRate.ts';
import type { Optimizer } from './optimizer.ts';
import { type PathPattern, patternsOf } from './pathPattern.ts';
import type { Schedule } from './schedule.ts';

/** Parameters that are trained in another way than the rest. A parameter belongs to the first group that matches it. */
export interface ParameterGroup<O = Optimizer> {
  /** Paths: `*` stands for a name or a part of one, `**` for any names. `layers.0.*`, `**.bias`. */
  readonly match: PathPattern;
  /** An optimizer of their own, with its learning rate. Default: that of the run. */
  readonly optimizer?: O;
  /** A learning rate of their own, that no schedule of the run changes. Default: that of the optimizer, or of the run. */
  readonly learningRate?: LearningRate;
  /** Times the learning rate. Default 1. */
  readonly learningRateFactor?: number;
  /** In place of the optimizer's. */
  readonly weightDecay?: number;
}

/** A group with everything filled in. */
export interface OptimizerGroup {
  readonly match: readonly string[];
  readonly optimizer: Optimizer;
  /** The learning rate, from that of the run. */
  rate(ofRun: Schedule): Schedule;
}

export const patternRule: OptionRule = {
  wanted: 'a path such as "layers.0.*", or a list of them',
  holds: (value) => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.length > 0 && list.every((pattern) => typeof pattern === 'string' && pattern !== '');
  },
};

function decayed(optimizer: Optimizer, weightDecay: number, field: string): Optimizer {
  if (optimizer.decaying) return optimizer.decaying(weightDecay);
  throw new LockstepError('BAD_OPTION', `the optimizer ${optimizer.name} has no weight decay`, {
    where: { field },
    hint: 'Give the group an optimizer of its own.',
  });
}

/**
 * Fills in what a group leaves to the run.
 *
 * @param place - of the group, for errors: `run.parameterGroups.0`
 * @param ofRun - the run's optimizer
 * @param toOptimizer - finds an optimizer by its name
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function resolveGroup<O>(
  place: string,
  group: ParameterGroup<O>,
  ofRun: Optimizer,
  toOptimizer: (optimizer: O) => Optimizer,
): OptimizerGroup {
  checkOptions<ParameterGroup<O>>(place, group, {
    match: { ...patternRule, required: true },
    optimizer: {
      wanted: 'an optimizer, or the name of one',
      holds: (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
    },
    learningRate: learningRateRule,
    learningRateFactor: nonNegative,
    weightDecay: nonNegative,
  });
  const { match, optimizer: given, learningRate, learningRateFactor = 1, weightDecay } = group;
  const own = given === undefined ? undefined : toOptimizer(given);
  const optimizer = own ?? ofRun;
  const ownRate = learningRate === undefined ? own?.schedule : toSchedule(learningRate);
  return {
    match: patternsOf(match),
    optimizer:
      weightDecay === undefined ? optimizer : decayed(optimizer, weightDecay, `${place}.weightDecay`),
    rate: (rateOfRun) => {
      const rate = ownRate ?? rateOfRun;
      return learningRateFactor === 1 ? rate : (...at) => rate(...at) * learningRateFactor;
    },
  };
}
