import { add, div, mul, sqrt, square, sub } from '../ops/index.ts';
import { checkOptions, nonNegative } from '../options.ts';
import { integerPower } from './float64/integerPower.ts';
import { realPower } from './float64/realPower.ts';
import { recordedRate, toSchedule } from './learningRate.ts';
import { type AdamOptions, adamRules, type MomentSlot, momentSlots, squareCorrection } from './moments.ts';
import type { Optimizer } from './optimizer.ts';
import { withWeightDecay } from './weightDecay.ts';

export interface NadamOptions extends AdamOptions {
  /** How fast the momentum rises from beta1 / 2 to beta1, default 0.004. */
  readonly momentumDecay?: number;
}

/**
 * mu_1 mu_2 ... mu_t in float64, one factor after another. The newest product is kept, since values are asked for step by
 * step; an earlier one is multiplied out again.
 */
function momentumProducts(momentumAt: (t: number) => number): (t: number) => number {
  let newest = { t: 0, product: 1 };
  return (t) => {
    let { t: at, product } = newest.t <= t ? newest : { t: 0, product: 1 };
    while (at < t) {
      at += 1;
      product *= momentumAt(at);
    }
    newest = { t: at, product };
    return product;
  };
}

/**
 * NAdam (Dozat 2016) as in PyTorch: Adam with Nesterov's look ahead. With t = step + 1, g the gradient, weight decay added,
 * M and V the unnormalised sums of Adam, c = sqrt((1 - beta2^t) / (1 - beta2)) and P_t = mu_1 ... mu_t:
 *
 * - mu_t = beta1 (1 - 0.96^(t momentumDecay) / 2)
 * - M' = beta1 M + g, V' = beta2 V + g²
 * - w' = w - (g gradientStep + M' momentumStep) / (sqrt(V') + epsilon c), with
 *   gradientStep = learningRate c (1 - mu_t) / (1 - P_t) and
 *   momentumStep = learningRate c (1 - beta1) mu_(t+1) / (1 - P_(t+1))
 *
 * Slots: `gradientSum` (M), `squareSum` (V).
 *
 * @param options - as Adam's; learningRate: default 0.002
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function nadam(
  options: NadamOptions = {},
): Optimizer<MomentSlot, 'gradientStep' | 'momentumStep' | 'epsilon'> {
  checkOptions('nadam', options, { ...adamRules, momentumDecay: nonNegative });
  const {
    learningRate = 0.002,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    momentumDecay = 0.004,
    weightDecay = 0,
  } = options;
  const schedule = toSchedule(learningRate);
  const momentumBase = realPower(0.96, momentumDecay);
  const momentumAt = (t: number): number => beta1 * (1 - integerPower(momentumBase, t) / 2);
  return {
    name: 'nadam',
    hyperparameters: { ...recordedRate(learningRate), beta1, beta2, epsilon, momentumDecay, weightDecay },
    schedule,
    slots: momentSlots,
    stepValues: (totalSteps, rate = schedule) => {
      const productOf = momentumProducts(momentumAt);
      return {
        gradientStep: (step) => {
          const scaled = rate(step, totalSteps) * squareCorrection(beta2, step);
          return (scaled * (1 - momentumAt(step + 1))) / (1 - productOf(step + 1));
        },
        momentumStep: (step) => {
          const next = momentumAt(step + 2);
          const scaled = rate(step, totalSteps) * squareCorrection(beta2, step);
          return (scaled * (1 - beta1) * next) / (1 - productOf(step + 1) * next);
        },
        epsilon: (step) => epsilon * squareCorrection(beta2, step),
      };
    },
    update: ({ parameter, gradient, slots, values }) => {
      const decayed = withWeightDecay(gradient, parameter, weightDecay);
      const gradientSum = add(mul(slots.gradientSum, beta1), decayed);
      const squareSum = add(mul(slots.squareSum, beta2), square(decayed));
      const ahead = add(mul(decayed, values.gradientStep), mul(gradientSum, values.momentumStep));
      const change = div(ahead, add(sqrt(squareSum), values.epsilon));
      return { parameter: sub(parameter, change), slots: { gradientSum, squareSum } };
    },
    decaying: (decay) => nadam({ ...options, weightDecay: decay }),
  };
}
