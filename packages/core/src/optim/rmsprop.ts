import type { Node } from '../graph/node.ts';
import { zeros } from '../nn/initializers/constant.ts';
import { add, div, maximum, mul, sqrt, square, sub } from '../ops/index.ts';
import { belowOne, checkOptions, flag, nonNegative } from '../options.ts';
import { type LearningRate, learningRateRule, recordedRate, steppedRate } from './learningRate.ts';
import type { Optimizer, UpdateContext } from './optimizer.ts';
import { withWeightDecay } from './weightDecay.ts';

export interface RmspropOptions {
  /** Default 0.01. */
  readonly learningRate?: LearningRate;
  /** Rate of forgetting of the squares, default 0.99. */
  readonly rho?: number;
  /** Added to their root, default 1e-8. */
  readonly epsilon?: number;
  /** From 0 to below 1. Default 0: no momentum, and no slot for it. */
  readonly momentum?: number;
  /** Divides by an estimate of the standard deviation, not of the root of the mean square. Default false. */
  readonly centered?: boolean;
  /** Times the parameter, added to its gradient. Default 0. */
  readonly weightDecay?: number;
}

/** `gradientMean` is there where it is centered, `velocity` where there is momentum. */
interface Slots extends Readonly<Record<'squareMean', Node>> {
  readonly gradientMean?: Node;
  readonly velocity?: Node;
}

interface Context extends UpdateContext<'squareMean', 'learningRate'> {
  readonly slots: Slots;
}

/**
 * RMSprop (Tieleman and Hinton 2012; centered: Graves 2013) as in PyTorch. With g the gradient, weight decay added, in this
 * order of float32 operations:
 *
 * - v' = rho v + (1 - rho) g²
 * - centered: m' = rho m + (1 - rho) g, s = max(v' - m'², 0); else s = v'
 * - d = g / (sqrt(s) + epsilon)
 * - b' = momentum b + d, where there is momentum; else b' = d
 * - w' = w - learningRate b'
 *
 * v' - m'² is not below 0 but for rounding, of which the maximum makes no NaN.
 *
 * Slots: `squareMean` (v), `gradientMean` (m) if it is centered, `velocity` (b) if there is momentum.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer<'squareMean', 'learningRate'> {
  checkOptions('rmsprop', options, {
    learningRate: learningRateRule,
    rho: belowOne,
    epsilon: nonNegative,
    momentum: belowOne,
    centered: flag,
    weightDecay: nonNegative,
  });
  const {
    learningRate = 0.01,
    rho = 0.99,
    epsilon = 1e-8,
    momentum = 0,
    centered = false,
    weightDecay = 0,
  } = options;
  const mean = (before: Node, value: Node): Node => add(mul(before, rho), mul(value, 1 - rho));
  return {
    name: 'rmsprop',
    hyperparameters: { ...recordedRate(learningRate), rho, epsilon, momentum, centered, weightDecay },
    ...steppedRate(learningRate),
    slots: {
      squareMean: zeros,
      ...(centered ? { gradientMean: zeros } : {}),
      ...(momentum > 0 ? { velocity: zeros } : {}),
    },
    update: ({ parameter, gradient, slots, values }: Context) => {
      const decayed = withWeightDecay(gradient, parameter, weightDecay);
      const squareMean = mean(slots.squareMean, square(decayed));
      const gradientMean = slots.gradientMean && mean(slots.gradientMean, decayed);
      const spread = gradientMean ? maximum(sub(squareMean, square(gradientMean)), 0) : squareMean;
      const scaled = div(decayed, add(sqrt(spread), epsilon));
      const velocity = slots.velocity && add(mul(slots.velocity, momentum), scaled);
      return {
        parameter: sub(parameter, mul(velocity ?? scaled, values.learningRate)),
        slots: { squareMean, ...(gradientMean && { gradientMean }), ...(velocity && { velocity }) },
      };
    },
    decaying: (decay) => rmsprop({ ...options, weightDecay: decay }),
  };
}
