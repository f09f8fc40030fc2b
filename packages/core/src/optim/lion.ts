import { zeros } from '../nn/initializers/constant.ts';
import { add, mul, sign, sub } from '../ops/index.ts';
import { belowOne, checkOptions, nonNegative } from '../options.ts';
import { type LearningRate, learningRateRule, recordedRate, toSchedule } from './learningRate.ts';
import type { Optimizer } from './optimizer.ts';

export interface LionOptions {
  /** Default 0.0001: every step has this size, so it is three to ten times smaller than AdamW's. */
  readonly learningRate?: LearningRate;
  /** Share of the momentum in the direction of a step, default 0.9. */
  readonly beta1?: number;
  /** Rate of forgetting of the momentum, default 0.99. */
  readonly beta2?: number;
  /** Decoupled: the weights are multiplied by 1 - learningRate weightDecay. Default 0. */
  readonly weightDecay?: number;
}

/**
 * Lion (Chen et al. 2023, "Symbolic discovery of optimization algorithms", algorithm 2). In this order of float32 operations:
 *
 * - c = beta1 m + (1 - beta1) g
 * - w' = (1 - learningRate weightDecay) w - learningRate sign(c)
 * - m' = beta2 m + (1 - beta2) g
 *
 * The factor of w is rounded to float32 once; sign(0) is 0.
 *
 * Slots: `momentum` (m).
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function lion(options: LionOptions = {}): Optimizer<'momentum', 'learningRate' | 'decay'> {
  checkOptions('lion', options, {
    learningRate: learningRateRule,
    beta1: belowOne,
    beta2: belowOne,
    weightDecay: nonNegative,
  });
  const { learningRate = 0.0001, beta1 = 0.9, beta2 = 0.99, weightDecay = 0 } = options;
  const schedule = toSchedule(learningRate);
  return {
    name: 'lion',
    hyperparameters: { ...recordedRate(learningRate), beta1, beta2, weightDecay },
    schedule,
    slots: { momentum: zeros },
    stepValues: (totalSteps, rate = schedule) => ({
      learningRate: (step) => rate(step, totalSteps),
      decay: (step) => 1 - rate(step, totalSteps) * weightDecay,
    }),
    update: ({ parameter, gradient, slots, values }) => {
      const direction = add(mul(slots.momentum, beta1), mul(gradient, 1 - beta1));
      const decayed = mul(parameter, values.decay);
      return {
        parameter: sub(decayed, mul(sign(direction), values.learningRate)),
        slots: { momentum: add(mul(slots.momentum, beta2), mul(gradient, 1 - beta2)) },
      };
    },
    decaying: (decay) => lion({ ...options, weightDecay: decay }),
  };
}
