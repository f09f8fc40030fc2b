import { LockstepError } from '../errors.ts';
import type { Node } from '../graph/node.ts';
import { broadcastTo } from './broadcastTo.ts';
import { expandDims, reshape } from './reshape.ts';

/** `x` next to itself along one axis: a new axis in front of it, broadcast, and both made one. */
function repeatAlong(x: Node, axis: number, count: number): Node {
  const apart = expandDims(x, axis);
  const { batchAxis } = apart;
  const many = broadcastTo(apart, { shape: apart.shape.with(axis, count) });
  return reshape(
    many,
    x.shape.with(axis, count * (x.shape[axis] ?? 1)),
    batchAxis === undefined ? {} : { batchAxis: x.batchAxis ?? 0 },
  );
}

/**
 * A tensor next to copies of itself.
 *
 * @param repeats - how many there shall be along each axis; 1 along the mini-batch
 * @throws LockstepError BAD_OPTION
 */
export function tile(x: Node, repeats: readonly number[]): Node {
  const legal = repeats.every((count) => Number.isInteger(count) && count >= 1);
  const overBatch = x.batchAxis !== undefined && repeats[x.batchAxis] !== 1;
  if (!legal || overBatch || repeats.length !== x.shape.length)
    throw new LockstepError('BAD_OPTION', 'the tensor cannot be repeated like this', {
      where: { op: 'tile', field: 'repeats' },
      got: `[${repeats.join(', ')}] for [${x.shape.join(', ')}]`,
      wanted: `a positive integer for each axis${overBatch ? `, and 1 for axis ${x.batchAxis}, the mini-batch` : ''}`,
    });
  return repeats.reduce((tiled, count, axis) => (count === 1 ? tiled : repeatAlong(tiled, axis, count)), x);
}
