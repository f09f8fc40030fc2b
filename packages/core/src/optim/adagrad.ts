import { constant } from '../nn/initializers/constant.ts';
import { add, div, mul, sqrt, square, sub } from '../ops/index.ts';
import { checkOptions, nonNegative } from '../options.ts';
import { type LearningRate, learningRateRule, recordedRate, toSchedule } from './learningRate.ts';
import type { Optimizer } from './optimizer.ts';
import { withWeightDecay } from './weightDecay.ts';

export interface AdagradOptions {
  /** Default 0.01. */
  readonly learningRate?: LearningRate;
  /** Divides the learning rate by 1 + learningRateDecay step. Default 0. */
  readonly learningRateDecay?: number;
  /** Where the sums of squares start, default 0. */
  readonly initialSum?: number;
  /** Added to their root, default 1e-10. */
  readonly epsilon?: number;
  /** Times the parameter, added to its gradient. Default 0. */
  readonly weightDecay?: number;
}

/**
 * Adagrad (Duchi, Hazan and Singer 2011) as in PyTorch. With g the gradient, weight decay added, in this order of float32
 * operations:
 *
 * - V' = V + g²
 * - w' = w - (learningRate g) / (sqrt(V') + epsilon)
 *
 * Slots: `squareSum` (V).
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function adagrad(options: AdagradOptions = {}): Optimizer<'squareSum', 'learningRate'> {
  checkOptions('adagrad', options, {
    learningRate: learningRateRule,
    learningRateDecay: nonNegative,
    initialSum: nonNegative,
    epsilon: nonNegative,
    weightDecay: nonNegative,
  });
  const {
    learningRate = 0.01,
    learningRateDecay = 0,
    initialSum = 0,
    epsilon = 1e-10,
    weightDecay = 0,
  } = options;
  const schedule = toSchedule(learningRate);
  return {
    name: 'adagrad',
    hyperparameters: {
      ...recordedRate(learningRate),
      learningRateDecay,
      initialSum,
      epsilon,
      weightDecay,
    },
    schedule,
    slots: { squareSum: constant(initialSum) },
    stepValues: (totalSteps, rate = schedule) => ({
      learningRate: (step) => rate(step, totalSteps) / (1 + step * learningRateDecay),
    }),
    update: ({ parameter, gradient, slots, values }) => {
      const decayed = withWeightDecay(gradient, parameter, weightDecay);
      const squareSum = add(slots.squareSum, square(decayed));
      const change = div(mul(decayed, values.learningRate), add(sqrt(squareSum), epsilon));
      return { parameter: sub(parameter, change), slots: { squareSum } };
    },
    decaying: (decay) => adagrad({ ...options, weightDecay: decay }),
  };
}
