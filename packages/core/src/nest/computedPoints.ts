import { asEqualSearch } from './equalSearch.ts';
import type { Nest } from './nest.ts';

/**
 * Points that a kernel computes of a nest: all of them, but for those that its form does not look at. A search looks at each position
 * once; the terms of all chains together are each position once.
 */
export function computedPoints(nest: Nest): number {
  const { axes, reduction } = nest;
  const apart = reduction?.chain !== undefined || asEqualSearch(nest) !== undefined;
  return axes.reduce(
    (product, { size }, axis) => (apart && axis === reduction?.axis ? product : product * size),
    1,
  );
}
