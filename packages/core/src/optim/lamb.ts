import type { Node } from '../graph/node.ts';
import { div, greater, logicalAnd, mul, sqrt, square, sub, sum, where } from '../ops/index.ts';
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
import { constant } from './schedules/constant.ts';
import { withWeightDecay } from './weightDecay.ts';

/** Euclidean norm of a whole parameter: the sum of squares is made one axis at a time, from the last. */
function norm(x: Node): Node {
  return sqrt(sum(square(x)));
}

/**
 * LAMB (You et al. 2020, "Large batch optimization for deep learning", algorithm 2, with the identity for its function of
 * the norm): Adam's step with weight decay, scaled for each parameter to the norm of that parameter.
 *
 * - u = Adam's step for a learning rate of 1 (the order of operations is that of {@link momentStep}) + weightDecay w
 * - r = |w| / |u| where both norms are above 0, else 1
 * - w' = w - u (r learningRate)
 *
 * Slots: `gradientSum`, `squareSum`, as Adam's.
 *
 * @param options - as Adam's; epsilon: default 1e-6; weightDecay: part of the step, default 0.01
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function lamb(options: AdamOptions = {}): Optimizer<MomentSlot, MomentValue | 'learningRate'> {
  checkOptions('lamb', options, adamRules);
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-6, weightDecay = 0.01 } = options;
  const moments = { beta1, beta2, epsilon };
  const schedule = toSchedule(learningRate);
  return {
    name: 'lamb',
    hyperparameters: { ...recordedRate(learningRate), ...moments, weightDecay },
    schedule,
    slots: momentSlots,
    stepValues: (totalSteps, rate = schedule) => ({
      ...momentValues(moments, constant(1), totalSteps),
      learningRate: (step) => rate(step, totalSteps),
    }),
    update: ({ parameter, gradient, slots, values }) => {
      const step = momentStep(moments, gradient, slots, values);
      const change = withWeightDecay(step.change, parameter, weightDecay);
      const [weightNorm, changeNorm] = [norm(parameter), norm(change)];
      const isScaled = logicalAnd(greater(weightNorm, 0), greater(changeNorm, 0));
      const ratio = where(isScaled, div(weightNorm, changeNorm), 1);
      return {
        parameter: sub(parameter, mul(change, mul(ratio, values.learningRate))),
        slots: step.slots,
      };
    },
    decaying: (decay) => lamb({ ...options, weightDecay: decay }),
  };
}
