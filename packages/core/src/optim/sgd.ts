import { LockstepError } from '../errors.ts';
import type { Node } from '../graph/node.ts';
import { zeros } from '../nn/initializers/constant.ts';
import { add, mul, sub } from '../ops/index.ts';
import { belowOne, checkOptions, flag, nonNegative } from '../options.ts';
import { type LearningRate, learningRateRule, recordedRate, steppedRate } from './learningRate.ts';
import type { Optimizer } from './optimizer.ts';
import { withWeightDecay } from './weightDecay.ts';

export interface SgdOptions {
  /** Default 0.01. */
  readonly learningRate?: LearningRate;
  /** From 0 to below 1. Default 0: no momentum, and no slot for it. */
  readonly momentum?: number;
  /** Looks one momentum step ahead. Default false. */
  readonly nesterov?: boolean;
  /** Times the parameter, added to its gradient. Default 0. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent as in PyTorch. With w the parameter and g its gradient, in this order of float32 operations:
 *
 * - g' = g + weightDecay w, where there is weight decay
 * - v' = momentum v + g', v from 0, where there is momentum
 * - d = v'; with Nesterov d = g' + momentum v'; without momentum d = g'
 * - w' = w - learningRate d
 *
 * Slots: `momentum` (v), where there is momentum.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  checkOptions('sgd', options, {
    learningRate: learningRateRule,
    momentum: belowOne,
    nesterov: flag,
    weightDecay: nonNegative,
  });
  const { learningRate = 0.01, momentum = 0, nesterov = false, weightDecay = 0 } = options;
  if (nesterov && momentum === 0)
    throw new LockstepError('BAD_OPTION', 'Nesterov needs momentum', {
      where: { field: 'sgd.momentum' },
      got: '0',
      wanted: 'a number above 0 and below 1',
    });
  const common: Omit<Optimizer<never, 'learningRate'>, 'slots' | 'update'> = {
    name: 'sgd',
    hyperparameters: { ...recordedRate(learningRate), momentum, nesterov, weightDecay },
    ...steppedRate(learningRate),
    decaying: (decay) => sgd({ ...options, weightDecay: decay }),
  };
  const descend = (parameter: Node, rate: Node, direction: Node): Node =>
    sub(parameter, mul(direction, rate));
  if (momentum === 0) {
    const plain: Optimizer<never, 'learningRate'> = {
      ...common,
      slots: {},
      update: ({ parameter, gradient, values }) => ({
        parameter: descend(parameter, values.learningRate, withWeightDecay(gradient, parameter, weightDecay)),
        slots: {},
      }),
    };
    return plain;
  }
  const heavyBall: Optimizer<'momentum', 'learningRate'> = {
    ...common,
    slots: { momentum: zeros },
    update: ({ parameter, gradient, slots, values }) => {
      const decayed = withWeightDecay(gradient, parameter, weightDecay);
      const velocity = add(mul(slots.momentum, momentum), decayed);
      const direction = nesterov ? add(decayed, mul(velocity, momentum)) : velocity;
      return {
        parameter: descend(parameter, values.learningRate, direction),
        slots: { momentum: velocity },
      };
    },
  };
  return heavyBall;
}
