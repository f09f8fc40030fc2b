import { zeros } from '../nn/initializers/constant.ts';
import { add, div, mul, sqrt, square, sub } from '../ops/index.ts';
import { belowOne, checkOptions, nonNegative, positive } from '../options.ts';
import { type LearningRate, learningRateRule, recordedRate, steppedRate } from './learningRate.ts';
import type { Optimizer } from './optimizer.ts';
import { withWeightDecay } from './weightDecay.ts';

export interface AdadeltaOptions {
  /** Default 1: the method chooses the size of its steps itself. */
  readonly learningRate?: LearningRate;
  /** Rate of forgetting of the squares, default 0.9. */
  readonly rho?: number;
  /** Added under both roots, default 1e-6; the first steps have its size. */
  readonly epsilon?: number;
  /** Times the parameter, added to its gradient. Default 0. */
  readonly weightDecay?: number;
}

/**
 * Adadelta (Zeiler 2012) as in PyTorch. With g the gradient, weight decay added, in this order of float32 operations:
 *
 * - v' = rho v + (1 - rho) g²
 * - d = (sqrt(u + epsilon) / sqrt(v' + epsilon)) g
 * - u' = rho u + (1 - rho) d²
 * - w' = w - learningRate d
 *
 * Slots: `squareMean` (v), `changeSquareMean` (u).
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function adadelta(
  options: AdadeltaOptions = {},
): Optimizer<'squareMean' | 'changeSquareMean', 'learningRate'> {
  checkOptions('adadelta', options, {
    learningRate: learningRateRule,
    rho: belowOne,
    epsilon: positive,
    weightDecay: nonNegative,
  });
  const { learningRate = 1, rho = 0.9, epsilon = 1e-6, weightDecay = 0 } = options;
  return {
    name: 'adadelta',
    hyperparameters: { ...recordedRate(learningRate), rho, epsilon, weightDecay },
    ...steppedRate(learningRate),
    slots: { squareMean: zeros, changeSquareMean: zeros },
    update: ({ parameter, gradient, slots, values }) => {
      const decayed = withWeightDecay(gradient, parameter, weightDecay);
      const squareMean = add(mul(slots.squareMean, rho), mul(square(decayed), 1 - rho));
      const scale = div(sqrt(add(slots.changeSquareMean, epsilon)), sqrt(add(squareMean, epsilon)));
      const change = mul(scale, decayed);
      const changeSquareMean = add(mul(slots.changeSquareMean, rho), mul(square(change), 1 - rho));
      return {
        parameter: sub(parameter, mul(change, values.learningRate)),
        slots: { squareMean, changeSquareMean },
      };
    },
    decaying: (decay) => adadelta({ ...options, weightDecay: decay }),
  };
}
