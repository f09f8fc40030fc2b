import * as ops from '../../ops/index.ts';
import type { Layer } from '../layer.ts';
import { branches, pairwise } from './branches.ts';

/**
 * The sum of what several layers make of the same input, element by element: `add([dense(8), dense(8, { activation: 'tanh' })])`.
 * The layer at position i has the path `branches.<i>`. Tensors of a functional model are added with `ops.add`.
 *
 * @throws LockstepError BAD_OPTION without a layer; when built, SHAPE_MISMATCH for outputs of different shapes
 */
export function add(layers: readonly Layer[]): Layer {
  return branches('add', layers, (outputs) => pairwise('add', outputs, (a, b) => ops.add(a, b)));
}
