import { LockstepError } from '../../errors.ts';
import { mean, variance } from '../../ops/index.ts';
import { checkOptions, positiveInteger } from '../../options.ts';
import type { Layer } from '../layer.ts';
import { type NormaliseOptions, normaliseRules, normaliseWith } from './normalise.ts';

export interface LayerNormOptions extends NormaliseOptions {
  /** How many axes, counted from the end, are normalised together. Default 1. */
  readonly axes?: number;
}

/**
 * Layer normalization (Ba, Kiros and Hinton 2016): the features of every row, and of every position in it, to mean 0 and
 * variance 1, then times `gamma` plus `beta`. The same in training and prediction: no row depends on another one. The variance
 * is that of these numbers, in two passes.
 *
 * [B, ..., features] to the same shape. Variables: `gamma` and `beta`, of the shape of the axes that are normalised.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION; when built, SHAPE_MISMATCH for an input with fewer axes
 */
export function layerNorm(options: LayerNormOptions = {}): Layer {
  checkOptions('layerNorm', options, { ...normaliseRules, axes: positiveInteger });
  const { axes: count = 1 } = options;
  const normalise = normaliseWith(options, false);
  return {
    kind: 'layerNorm',
    build: (x, scope) => {
      if (x.shape.length < count + 1)
        throw new LockstepError('SHAPE_MISMATCH', 'a row has not so many axes to normalise', {
          where: { op: scope.path, field: 'layerNorm.axes' },
          got: `[${x.shape.join(', ')}]`,
          wanted: `[rows, ...] with ${count} axes or more`,
        });
      const axes = Array.from({ length: count }, (_, at) => at - count);
      const over = { axes, keepDims: true };
      const moments = { mean: mean(x, over), variance: variance(x, over) };
      return normalise(x, moments, scope, x.shape.slice(-count));
    },
  };
}
