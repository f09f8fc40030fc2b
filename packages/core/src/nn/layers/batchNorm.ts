import { LockstepError } from '../../errors.ts';
import { add, mean, mul, reshape, variance } from '../../ops/index.ts';
import { belowOne, checkOptions, integer } from '../../options.ts';
import { sizeOf } from '../../tensor/tensorType.ts';
import { ones, zeros } from '../initializers/constant.ts';
import type { Layer } from '../layer.ts';
import { type NormaliseOptions, normaliseRules, normaliseWith } from './normalise.ts';

export interface BatchNormOptions extends NormaliseOptions {
  /** The part of the running statistics that a step keeps. Default 0.9. */
  readonly momentum?: number;
  /** Axis of the channels, each of which is normalised by itself; negative counts from the end. Default -1. */
  readonly axis?: number;
}

/**
 * Batch normalization (Ioffe and Szegedy 2015): every channel to mean 0 and variance 1, then times `gamma` plus `beta`.
 *
 * In training by the mean and variance of the whole mini-batch, whoever computes it, over all axes but the channels; the
 * variance in two passes. In evaluation and prediction by running ones, so that a row's prediction does not depend on other
 * rows: a training step sets them to momentum * running + (1 - momentum) * batch, for the variance with the unbiased one of the
 * batch, as in the paper and PyTorch (whose momentum is 1 less ours).
 *
 * Any shape to the same shape. Variables: `gamma`, `beta`, and the statistics `runningMean` (from 0) and `runningVariance`
 * (from 1), each [channels]. With `microBatch` it is refused: a row needs the whole mini-batch.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION; when built, BAD_OPTION for an axis that is not there or is that of the rows
 */
export function batchNorm(options: BatchNormOptions = {}): Layer {
  checkOptions('batchNorm', options, { ...normaliseRules, momentum: belowOne, axis: integer });
  const { momentum = 0.9, axis = -1 } = options;
  const normalise = normaliseWith(options, true);
  return {
    kind: 'batchNorm',
    build: (x, scope) => {
      const rank = x.shape.length;
      const channelAxis = axis < 0 ? axis + rank : axis;
      const channels = x.shape[channelAxis];
      if (channels === undefined || channelAxis === x.batchAxis)
        throw new LockstepError('BAD_OPTION', 'there are no channels along this axis', {
          where: { op: scope.path, field: 'batchNorm.axis' },
          got: `${axis} for [${x.shape.join(', ')}]`,
          wanted: 'an axis other than that of the rows',
        });
      const shape = [channels];
      const aligned = [channels, ...new Array<number>(rank - 1 - channelAxis).fill(1)];
      const runningMean = scope.variable('runningMean', { shape, initializer: zeros, role: 'statistic' });
      const runningVariance = scope.variable('runningVariance', {
        shape,
        initializer: ones,
        role: 'statistic',
      });
      if (!scope.training) {
        const moments = { mean: reshape(runningMean, aligned), variance: reshape(runningVariance, aligned) };
        return normalise(x, moments, scope, shape, aligned);
      }
      const axes = [...x.shape.keys()].filter((at) => at !== channelAxis);
      const moments = { mean: mean(x, { axes }), variance: variance(x, { axes }) };
      const count = sizeOf(x.shape) / channels;
      // One number has no unbiased variance; its biased one is 0.
      const unbiased = count > 1 ? mul(moments.variance, count / (count - 1)) : moments.variance;
      const mixIn = (batch: typeof unbiased) => (before: typeof unbiased) =>
        add(mul(before, momentum), mul(batch, 1 - momentum));
      scope.update(runningMean, mixIn(moments.mean));
      scope.update(runningVariance, mixIn(unbiased));
      const inPlace = { mean: reshape(moments.mean, aligned), variance: reshape(moments.variance, aligned) };
      return normalise(x, inPlace, scope, shape, aligned);
    },
  };
}
