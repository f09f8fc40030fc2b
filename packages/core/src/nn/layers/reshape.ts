import * as ops from '../../ops/index.ts';
import { sizeOf } from '../../tensor/tensorType.ts';
import type { Layer } from '../layer.ts';

/** Every row in another shape; the mini-batch axis is not part of it. */
export function reshape(shape: readonly number[]): Layer {
  return { kind: 'reshape', build: (x) => ops.reshape(x, [x.shape[0] ?? 1, ...shape]) };
}

/** Every row as one axis of features. */
export function flatten(): Layer {
  return { kind: 'flatten', build: (x) => ops.reshape(x, [x.shape[0] ?? 1, sizeOf(x.shape.slice(1))]) };
}
