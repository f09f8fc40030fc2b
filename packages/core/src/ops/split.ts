import { LockstepError } from '../errors.ts';
import type { Node } from '../graph/node.ts';
import { normaliseAxes } from './reduce.ts';
import { slice } from './slicePad.ts';

/** Sizes of the parts, if they fill the axis. */
function partSizes(whole: number, parts: number | readonly number[]): readonly number[] | undefined {
  const sizes =
    typeof parts === 'number'
      ? Array.from({ length: Math.max(0, Math.min(whole, Math.floor(parts))) }, () => whole / parts)
      : parts;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.every((size) => Number.isInteger(size) && size > 0) && total === whole ? sizes : undefined;
}

/**
 * The parts of a tensor along an axis, each of them a view.
 *
 * @param parts - how many equal parts, or the size of each
 * @param axis - negative counts from the end (default: the last); not the mini-batch
 * @throws LockstepError BAD_OPTION when the parts do not fill the axis
 */
export function split(x: Node, parts: number | readonly number[], axis = -1): readonly Node[] {
  const [along = 0] = normaliseAxes('split', x.shape.length, [axis]);
  const sizes = partSizes(x.shape[along] ?? 1, parts);
  if (!sizes)
    throw new LockstepError('BAD_OPTION', 'the parts do not fill the axis', {
      where: { op: 'split', field: 'parts' },
      got: `${typeof parts === 'number' ? `${parts} parts` : `[${parts.join(', ')}]`} of ${x.shape[along] ?? 1}`,
      wanted: 'a number that divides it, or positive integers that add up to it',
    });
  let start = 0;
  return sizes.map((size) => {
    const part = slice(
      x,
      x.shape.map((_, at) => (at === along ? start : 0)),
      x.shape.with(along, size),
    );
    start += size;
    return part;
  });
}
