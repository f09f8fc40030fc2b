import { LockstepError } from '../../errors.ts';
import type { Layer } from '../layer.ts';

/**
 * Layers one after another. The layer at position i, activations and dropout counted, has the path `layers.<i>`.
 *
 * @throws LockstepError BAD_OPTION without a layer
 */
export function sequential(...layers: readonly Layer[]): Layer {
  if (layers.length === 0)
    throw new LockstepError('BAD_OPTION', 'a sequential model has no layers', {
      hint: 'write sequential(dense(10), ...)',
    });
  return {
    kind: 'sequential',
    build: (x, scope) => {
      const inside = scope.child('layers');
      return layers.reduce((value, layer, position) => inside.layer(`${position}`, layer)(value), x);
    },
  };
}
