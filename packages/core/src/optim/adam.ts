import { sub } from '../ops/index.ts';
import { checkOptions } from '../options.ts';
import { recordedRate, toSchedule } from './learningRate.ts';
import {
  type AdamOptions,
  adamRules,
  type MomentSlot,
  type MomentValue,
  momentSlots,
  momentStep,
  momentValues,
} from './moments.ts';
import type { Optimizer } from './optimizer.ts';
import { withWeightDecay } from './weightDecay.ts';

/**
 * Adam (Kingma and Ba 2015). Weight decay, if there is any, is added to the gradient first, as PyTorch's Adam does: g + weightDecay w;
 * `adamw` decays the weights themselves. The order of operations is that of {@link momentStep}.
 *
 * Slots: `gradientSum`, `squareSum`.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function adam(options: AdamOptions = {}): Optimizer<MomentSlot, MomentValue> {
  checkOptions('adam', options, adamRules);
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  const moments = { beta1, beta2, epsilon };
  const schedule = toSchedule(learningRate);
  return {
    name: 'adam',
    hyperparameters: { ...recordedRate(learningRate), ...moments, weightDecay },
    schedule,
    slots: momentSlots,
    stepValues: (totalSteps, rate = schedule) => momentValues(moments, rate, totalSteps),
    update: ({ parameter, gradient, slots, values }) => {
      const step = momentStep(moments, withWeightDecay(gradient, parameter, weightDecay), slots, values);
      return { parameter: sub(parameter, step.change), slots: step.slots };
    },
    decaying: (decay) => adam({ ...options, weightDecay: decay }),
  };
}
