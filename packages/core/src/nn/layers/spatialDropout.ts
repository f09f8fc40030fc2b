import { greaterEqual, mul, uniform, where } from '../../ops/index.ts';
import { belowOne, checkOptions } from '../../options.ts';
import type { Layer } from '../layer.ts';

/**
 * Dropout of whole channels (Tompson et al. 2015): in training every channel of a row is 0 at all positions with
 * probability `rate`, and otherwise multiplied by 1 / (1 - rate); in evaluation nothing happens. Neighbours in a picture or a
 * sequence say much the same, so dropping single elements takes little away.
 *
 * [B, ..., channels] to the same shape. Which channels is decided by seed, path, optimizer step, row and channel.
 *
 * @throws LockstepError BAD_OPTION
 */
export function spatialDropout(rate: number): Layer {
  checkOptions('spatialDropout', { rate }, { rate: belowOne });
  return {
    kind: 'spatialDropout',
    build: (x, scope) => {
      if (!scope.training || rate === 0) return x;
      const last = x.shape.length - 1;
      const shape = x.shape.map((size, at) => (at === x.batchAxis || at === last ? size : 1));
      const drawn = uniform(
        { shape, ...(x.batchAxis === undefined ? {} : { batchAxis: x.batchAxis }) },
        { purpose: scope.path },
      );
      return where(greaterEqual(drawn, rate), mul(x, 1 / (1 - rate)), 0);
    },
  };
}
