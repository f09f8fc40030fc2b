import { zeros } from '../nn/initializers/constant.ts';
import { abs, add, div, maximum, mul, sub } from '../ops/index.ts';
import { checkOptions } from '../options.ts';
import { integerPower } from './float64/integerPower.ts';
import { recordedRate, toSchedule } from './learningRate.ts';
import { type AdamOptions, adamRules } from './moments.ts';
import type { Optimizer } from './optimizer.ts';
import { withWeightDecay } from './weightDecay.ts';

/**
 * Adamax (Kingma and Ba 2015, section 7.1) as in PyTorch, which divides by a decaying maximum where Adam divides by a root
 * of a mean square. With g the gradient, weight decay added, and M the unnormalised sum of gradients, as in Adam:
 *
 * - M' = beta1 M + g
 * - u' = max(beta2 u, |g| + epsilon)
 * - w' = w - (M' stepSize) / u', with stepSize = learningRate (1 - beta1) / (1 - beta1^t), t = step + 1
 *
 * Slots: `gradientSum` (M), `largest` (u).
 *
 * @param options - as Adam's; learningRate: default 0.002; epsilon: added to the size of each gradient
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function adamax(options: AdamOptions = {}): Optimizer<'gradientSum' | 'largest', 'stepSize'> {
  checkOptions('adamax', options, adamRules);
  const { learningRate = 0.002, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  const schedule = toSchedule(learningRate);
  return {
    name: 'adamax',
    hyperparameters: { ...recordedRate(learningRate), beta1, beta2, epsilon, weightDecay },
    schedule,
    slots: { gradientSum: zeros, largest: zeros },
    stepValues: (totalSteps, rate = schedule) => ({
      stepSize: (step) => (rate(step, totalSteps) * (1 - beta1)) / (1 - integerPower(beta1, step + 1)),
    }),
    update: ({ parameter, gradient, slots, values }) => {
      const decayed = withWeightDecay(gradient, parameter, weightDecay);
      const gradientSum = add(mul(slots.gradientSum, beta1), decayed);
      const largest = maximum(mul(slots.largest, beta2), add(abs(decayed), epsilon));
      const change = div(mul(gradientSum, values.stepSize), largest);
      return { parameter: sub(parameter, change), slots: { gradientSum, largest } };
    },
    decaying: (decay) => adamax({ ...options, weightDecay: decay }),
  };
}
