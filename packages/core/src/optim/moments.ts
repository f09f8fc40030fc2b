import type { Node } from '../graph/node.ts';
import { zeros } from '../nn/initializers/constant.ts';
import type { Initializer } from '../nn/initializers/initializer.ts';
import { add, div, mul, sqrt, square } from '../ops/index.ts';
import { belowOne, nonNegative, type OptionRule } from '../options.ts';
import { integerPower } from './float64/integerPower.ts';
import { type LearningRate, learningRateRule } from './learningRate.ts';
import type { Schedule } from './schedule.ts';

export interface AdamOptions {
  /** Default 0.001. */
  readonly learningRate?: LearningRate;
  /** Rate of forgetting of the gradients, default 0.9. */
  readonly beta1?: number;
  /** Rate of forgetting of their squares, default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the mean square after its bias is corrected, default 1e-8. */
  readonly epsilon?: number;
  /** Default 0 in adam, 0.01 in adamw. */
  readonly weightDecay?: number;
}

export const adamRules: { readonly [K in keyof Required<AdamOptions>]: OptionRule } = {
  learningRate: learningRateRule,
  beta1: belowOne,
  beta2: belowOne,
  epsilon: nonNegative,
  weightDecay: nonNegative,
};

export type MomentSlot = 'gradientSum' | 'squareSum';
export type MomentValue = 'stepSize' | 'epsilon';

export const momentSlots: Readonly<Record<MomentSlot, Initializer>> = {
  gradientSum: zeros,
  squareSum: zeros,
};

export interface MomentOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** c = sqrt((1 - beta2^t) / (1 - beta2)) with t = step + 1: the root of a mean square is that of the sum of squares divided by c. */
export function squareCorrection(beta2: number, step: number): number {
  return Math.sqrt((1 - integerPower(beta2, step + 1)) / (1 - beta2));
}

/**
 * Adam (Kingma and Ba 2015) in fewer operations an element. With t = step + 1 the published rule is
 *
 *     m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2
 *     w' = w - lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
 *
 * We keep the sums M = m / (1 - beta1) and V = v / (1 - beta2), and put every factor that is the same for all elements
 * into two scalars a step, computed in float64: with c = sqrt((1 - beta2^t) / (1 - beta2)),
 *
 *     M = beta1 M + g,  V = beta2 V + g^2
 *     stepSize = lr c (1 - beta1) / (1 - beta1^t),  epsilon' = epsilon c
 *     w' = w - stepSize M / (sqrt(V) + epsilon')
 *
 * which is the same number with three multiplications less. To compare the slots with PyTorch's `exp_avg` and `exp_avg_sq`
 * multiply them by 1 - beta1 and 1 - beta2.
 */
export function momentValues(
  { beta1, beta2, epsilon }: MomentOptions,
  schedule: Schedule,
  totalSteps: number,
): Readonly<Record<MomentValue, (step: number) => number>> {
  return {
    stepSize: (step) =>
      (schedule(step, totalSteps) * squareCorrection(beta2, step) * (1 - beta1)) /
      (1 - integerPower(beta1, step + 1)),
    epsilon: (step) => epsilon * squareCorrection(beta2, step),
  };
}

/** The new slots, and what is subtracted from the parameter: (M stepSize) / (sqrt(V) + epsilon'), in this order. */
export function momentStep(
  { beta1, beta2 }: MomentOptions,
  gradient: Node,
  slots: Readonly<Record<MomentSlot, Node>>,
  values: Readonly<Record<MomentValue, Node>>,
): { readonly change: Node; readonly slots: Readonly<Record<MomentSlot, Node>> } {
  const gradientSum = add(mul(slots.gradientSum, beta1), gradient);
  const squareSum = add(mul(slots.squareSum, beta2), square(gradient));
  const change = div(mul(gradientSum, values.stepSize), add(sqrt(squareSum), values.epsilon));
  return { change, slots: { gradientSum, squareSum } };
}
