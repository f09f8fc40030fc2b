import * as ops from '../../ops/index.ts';
import type { Layer } from '../layer.ts';
import { branches, pairwise } from './branches.ts';

/**
 * The product of what several layers make of the same input, element by element; a gate is
 * `multiply([dense(8), dense(8, { activation: 'sigmoid' })])`. The layer at position i has the path `branches.<i>`. Tensors of a
 * functional model are multiplied with `ops.mul`.
 *
 * @throws LockstepError BAD_OPTION without a layer; when built, SHAPE_MISMATCH for outputs of different shapes
 */
export function multiply(layers: readonly Layer[]): Layer {
  return branches('multiply', layers, (outputs) => pairwise('multiply', outputs, (a, b) => ops.mul(a, b)));
}
