import { LockstepError } from '../errors.ts';
import type { Node } from '../graph/node.ts';
import { concat } from './concat.ts';
import { expandDims } from './reshape.ts';

/**
 * Tensors of one shape along a new axis.
 *
 * @param tensors - at least one
 * @param axis - of the result; negative counts from its end (default 0)
 * @throws LockstepError SHAPE_MISMATCH, DTYPE_MISMATCH; BAD_OPTION for an axis that is not there
 */
export function stack(tensors: readonly Node[], axis = 0): Node {
  const rank = (tensors[0]?.shape.length ?? 0) + 1;
  const shapes = new Set(tensors.map(({ shape }) => `[${shape.join(', ')}]`));
  if (shapes.size !== 1)
    throw new LockstepError('SHAPE_MISMATCH', 'the tensors cannot be stacked', {
      where: { op: 'stack' },
      got: [...shapes].join(' and ') || 'no tensors',
      wanted: 'at least one, all of one shape',
    });
  return concat(
    tensors.map((tensor) => expandDims(tensor, axis)),
    axis < 0 ? axis + rank : axis,
  );
}
