import {
  type LearningRate,
  type Optimizer,
  optimizers,
  schedules,
} from '../../packages/core/src/optim/index.ts';
import { resolveGroup } from '../../packages/core/src/optim/parameterGroup.ts';
import type { Task } from '../../packages/core/src/train/task.ts';
import type { Fixture, FixtureOptimizer } from './fixture.ts';

function toOptimizer(given: FixtureOptimizer, learningRate: LearningRate = given.lr): Optimizer {
  const { weightDecay = 0 } = given;
  switch (given.name) {
    case 'sgd': {
      const { momentum, nesterov } = given;
      return optimizers.sgd({ learningRate, momentum, weightDecay, nesterov });
    }
    case 'adagrad': {
      const { lrDecay: learningRateDecay, initialSum, eps: epsilon } = given;
      return optimizers.adagrad({ learningRate, learningRateDecay, initialSum, epsilon, weightDecay });
    }
    case 'adadelta': {
      const { rho, eps: epsilon } = given;
      return optimizers.adadelta({ learningRate, rho, epsilon, weightDecay });
    }
    case 'rmsprop': {
      const { rho, eps: epsilon, momentum, centered } = given;
      return optimizers.rmsprop({ learningRate, rho, epsilon, momentum, centered, weightDecay });
    }
    case 'nadam': {
      const { beta1, beta2, eps: epsilon, momentumDecay } = given;
      return optimizers.nadam({ learningRate, beta1, beta2, epsilon, momentumDecay, weightDecay });
    }
    default: {
      const { name, beta1, beta2, eps: epsilon } = given;
      return optimizers[name]({ learningRate, beta1, beta2, epsilon, weightDecay });
    }
  }
}

/** Which optimizer trains which parameters, in our words. */
export function toOptimizers({
  optimizer: given,
  schedule,
  groups = [],
  averageDecay,
}: Fixture): Pick<Task, 'optimizer' | 'groups' | 'frozen' | 'weightAverage'> {
  const learningRate = schedule
    ? schedules.withWarmup(
        schedules.cosine({ learningRate: given.lr, minimum: schedule.minLr }),
        schedule.warmupSteps,
      )
    : given.lr;
  const optimizer = toOptimizer(given, learningRate);
  return {
    optimizer,
    groups: groups
      .filter(({ frozen }) => frozen !== true)
      .map(({ parameters, optimizer: own, weightDecay, lrFactor }) =>
        resolveGroup<FixtureOptimizer>(
          'group',
          {
            match: parameters,
            ...(own && { optimizer: own }),
            ...(weightDecay === undefined ? {} : { weightDecay }),
            ...(lrFactor === undefined ? {} : { learningRateFactor: lrFactor }),
          },
          optimizer,
          toOptimizer,
        ),
      ),
    frozen: groups.flatMap(({ parameters, frozen }) => (frozen === true ? parameters : [])),
    ...(averageDecay === undefined
      ? {}
      : { weightAverage: { decay: averageDecay, warmUp: true, evaluate: false } }),
  };
}
