import type { Node } from '../graph/node.ts';
import { cast } from './cast.ts';
import { iota } from './iota.ts';
import { less } from './less.ts';
import { max } from './max.ts';
import { min } from './min.ts';
import { normaliseAxes } from './reduce.ts';
import { where } from './where.ts';

/**
 * Index of the greatest element along an axis, which goes away; int32. The first one wins; where there is a NaN the index is 0.
 * No gradient flows. The axis may have up to 2^24 elements.
 *
 * @param axis - negative counts from the end (default: the last)
 * @throws LockstepError BAD_OPTION for an axis that is not there
 */
export function argMax(x: Node, axis = -1): Node {
  const axes = normaliseAxes('argMax', x.shape.length, [axis]);
  const [over = 0] = axes;
  const size = x.shape[over] ?? 1;
  const below = less(x, max(x, { axes, keepDims: true }));
  const shape = x.shape.map((_, at) => (at === over ? size : 1));
  const position = cast(iota({ shape }, over), 'float32');
  return cast(min(where(below, size, position), { axes }), 'int32');
}
