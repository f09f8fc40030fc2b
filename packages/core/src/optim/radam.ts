import { add, div, mul, sqrt, square, sub } from '../ops/index.ts';
import { checkOptions } from '../options.ts';
import { integerPower } from './float64/integerPower.ts';
import { recordedRate, toSchedule } from './learningRate.ts';
import { type AdamOptions, adamRules, type MomentSlot, momentSlots, squareCorrection } from './moments.ts';
import type { Optimizer } from './optimizer.ts';
import { withWeightDecay } from './weightDecay.ts';

/** How much is known of the mean square at step t; undefined while it is too little to divide by. */
function rectification(beta2: number, t: number): number | undefined {
  const power = integerPower(beta2, t);
  const most = 2 / (1 - beta2) - 1;
  const length = most - (2 * t * power) / (1 - power);
  if (length <= 5) return undefined;
  return Math.sqrt(((length - 4) * (length - 2) * most) / ((most - 4) * (most - 2) * length));
}

/**
 * RAdam (Liu et al. 2020, "On the variance of the adaptive learning rate and beyond") as in PyTorch: Adam that takes plain
 * momentum steps until its mean square is worth dividing by, and then smaller ones for a while. With t = step + 1, g the
 * gradient, weight decay added, and M and V the unnormalised sums of Adam:
 *
 * - M' = beta1 M + g, V' = beta2 V + g²
 * - w' = w - (M' stepSize) / (sqrt(V') share + offset)
 *
 * In the first steps share is 0 and offset 1; then share is 1, offset epsilon / sqrt(1 - beta2), and stepSize has the
 * paper's rectification.
 *
 * Slots: `gradientSum` (M), `squareSum` (V).
 *
 * @param options - as Adam's; epsilon: added to the root before its bias is corrected
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function radam(options: AdamOptions = {}): Optimizer<MomentSlot, 'stepSize' | 'share' | 'offset'> {
  checkOptions('radam', options, adamRules);
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  const schedule = toSchedule(learningRate);
  return {
    name: 'radam',
    hyperparameters: { ...recordedRate(learningRate), beta1, beta2, epsilon, weightDecay },
    schedule,
    slots: momentSlots,
    stepValues: (totalSteps, rate = schedule) => ({
      stepSize: (step) => {
        const plain = (rate(step, totalSteps) * (1 - beta1)) / (1 - integerPower(beta1, step + 1));
        const rectified = rectification(beta2, step + 1);
        return rectified === undefined ? plain : plain * rectified * squareCorrection(beta2, step);
      },
      share: (step) => (rectification(beta2, step + 1) === undefined ? 0 : 1),
      offset: (step) => (rectification(beta2, step + 1) === undefined ? 1 : epsilon / Math.sqrt(1 - beta2)),
    }),
    update: ({ parameter, gradient, slots, values }) => {
      const decayed = withWeightDecay(gradient, parameter, weightDecay);
      const gradientSum = add(mul(slots.gradientSum, beta1), decayed);
      const squareSum = add(mul(slots.squareSum, beta2), square(decayed));
      const divisor = add(mul(sqrt(squareSum), values.share), values.offset);
      return {
        parameter: sub(parameter, div(mul(gradientSum, values.stepSize), divisor)),
        slots: { gradientSum, squareSum },
      };
    },
    decaying: (decay) => radam({ ...options, weightDecay: decay }),
  };
}
