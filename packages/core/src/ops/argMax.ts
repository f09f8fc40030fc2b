import type { Node } from '../graph/node.ts';
import { cast } from './cast.ts';
import { iota } from './iota.ts';
import { less } from './less.ts';
import { max } from './max.ts';
import { min } from './min.ts';
import { where } from './where.ts';

/**
 * Index of the greatest element along the last axis, which goes away; int32. The first one wins; a row that holds NaN gives 0.
 * No gradient flows. The axis may have up to 2^24 elements.
 *
 * @throws LockstepError BAD_OPTION for a scalar
 */
export function argMax(x: Node): Node {
  const size = x.shape.at(-1) ?? 1;
  const below = less(x, max(x, { axes: [-1], keepDims: true }));
  const position = cast(iota({ shape: [size] }), 'float32');
  return cast(min(where(below, size, position), { axes: [-1] }), 'int32');
}
