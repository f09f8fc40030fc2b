import * as ops from '../../ops/index.ts';
import { checkOptions, integer } from '../../options.ts';
import type { Layer } from '../layer.ts';
import { branches } from './branches.ts';

export interface ConcatenateOptions {
  /** Axis that the outputs are put next to each other along; negative counts from the end. Default -1. */
  readonly axis?: number;
}

/**
 * What several layers make of the same input, next to each other: `concatenate([dense(8), dense(4)])` has 12 features. The
 * layer at position i has the path `branches.<i>`. Tensors of a functional model are joined with `ops.concat`.
 *
 * @throws LockstepError BAD_OPTION, UNKNOWN_OPTION; when built, SHAPE_MISMATCH for outputs that differ along another axis,
 * BAD_OPTION for an axis that is not there
 */
export function concatenate(layers: readonly Layer[], options: ConcatenateOptions = {}): Layer {
  checkOptions('concatenate', options, { axis: integer });
  const { axis = -1 } = options;
  return branches('concatenate', layers, (outputs) => ops.concat(outputs, axis));
}
