import type { Layer } from '../layer.ts';

/**
 * A layer whose parameters are not trained: they have no gradient and no optimizer state, and keep their initial values (or
 * those that they are given). All else is as it was: dropout drops, running statistics go on.
 *
 * The paths of the layer's variables are those that it has by itself.
 */
export function frozen(layer: Layer): Layer {
  return { kind: layer.kind, build: (x, scope) => layer.build(x, scope.freeze()) };
}
