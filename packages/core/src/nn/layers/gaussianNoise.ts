import { add, normal } from '../../ops/index.ts';
import { checkOptions, nonNegative } from '../../options.ts';
import type { Layer } from '../layer.ts';

/**
 * In training adds normally distributed noise of mean 0 to every element; in evaluation nothing happens. The numbers are decided
 * by seed, path, optimizer step, row and element.
 *
 * @param deviation - standard deviation of the noise
 * @throws LockstepError BAD_OPTION
 */
export function gaussianNoise(deviation: number): Layer {
  checkOptions('gaussianNoise', { deviation }, { deviation: nonNegative });
  return {
    kind: 'gaussianNoise',
    build: (x, scope) =>
      scope.training && deviation > 0 ? add(x, normal(x, { purpose: scope.path, deviation })) : x,
  };
}
