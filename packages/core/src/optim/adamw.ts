import { mul, sub } from '../ops/index.ts';
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

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), as in PyTorch: every parameter, biases too, is multiplied by
 * 1 - learningRate weightDecay (float64, rounded once), then Adam's step of the undecayed gradient is subtracted. The
 * order of operations is that of {@link momentStep}.
 *
 * Slots: `gradientSum`, `squareSum`.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function adamw(options: AdamOptions = {}): Optimizer<MomentSlot, MomentValue | 'decay'> {
  checkOptions('adamw', options, adamRules);
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = options;
  const moments = { beta1, beta2, epsilon };
  const schedule = toSchedule(learningRate);
  return {
    name: 'adamw',
    hyperparameters: { ...recordedRate(learningRate), ...moments, weightDecay },
    schedule,
    slots: momentSlots,
    stepValues: (totalSteps, rate = schedule) => ({
      ...momentValues(moments, rate, totalSteps),
      decay: (step) => 1 - rate(step, totalSteps) * weightDecay,
    }),
    update: ({ parameter, gradient, slots, values }) => {
      const step = momentStep(moments, gradient, slots, values);
      return { parameter: sub(mul(parameter, values.decay), step.change), slots: step.slots };
    },
    decaying: (decay) => adamw({ ...options, weightDecay: decay }),
  };
}
