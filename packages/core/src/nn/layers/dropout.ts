import * as ops from '../../ops/index.ts';
import { belowOne, checkOptions } from '../../options.ts';
import type { Layer } from '../layer.ts';

/**
 * In training each element is set to 0 with probability `rate` and otherwise multiplied by 1 / (1 - rate) (Srivastava et
 * al. 2014, scaled in training); in evaluation nothing happens. Which elements is decided by seed, path, optimizer step,
 * row and element: a dropout that is used twice in a model drops the same elements twice.
 *
 * @throws LockstepError BAD_OPTION
 */
export function dropout(rate: number): Layer {
  checkOptions('dropout', { rate }, { rate: belowOne });
  return {
    kind: 'dropout',
    build: (x, scope) => (scope.training && rate > 0 ? ops.dropout(x, rate, { purpose: scope.path }) : x),
  };
}
