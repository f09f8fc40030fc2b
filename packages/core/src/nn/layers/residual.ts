import { LockstepError } from '../../errors.ts';
import * as ops from '../../ops/index.ts';
import type { Layer } from '../layer.ts';

export interface ResidualOptions {
  /** What the input goes through on its way past the layer. Default: nothing. */
  readonly shortcut?: Layer;
}

/**
 * A residual connection (He et al. 2016): shortcut(x) + layer(x). Paths: `layer` and `shortcut`.
 *
 * @param layer - several are one `sequential(...)`
 * @throws LockstepError when built, SHAPE_MISMATCH if the layer changes the shape and no shortcut does the same
 */
export function residual(layer: Layer, options: ResidualOptions = {}): Layer {
  const { shortcut } = options;
  return {
    kind: 'residual',
    build: (x, scope) => {
      const past = shortcut ? scope.layer('shortcut', shortcut)(x) : x;
      const through = scope.layer('layer', layer)(x);
      if (String(past.shape) !== String(through.shape))
        throw new LockstepError('SHAPE_MISMATCH', 'a layer and its shortcut give different shapes', {
          where: { op: scope.path },
          got: `[${through.shape.join(', ')}] and [${past.shape.join(', ')}]`,
          wanted: 'the same shape',
          hint: `a projection makes them equal: residual(layer, { shortcut: dense(${through.shape.at(-1) ?? 1}) })`,
        });
      return ops.add(past, through);
    },
  };
}
