import { LockstepError } from '../errors.ts';
import type { Node } from '../graph/node.ts';
import { requireDType } from './elementwise.ts';
import { equal } from './equal.ts';
import { iota } from './iota.ts';
import { expandDims } from './reshape.ts';
import { where } from './where.ts';

/** What stands where the index is, and elsewhere. */
export interface OneHotOptions {
  /** Default 1. */
  readonly on?: number;
  /** Default 0. */
  readonly off?: number;
}

/**
 * A new last axis of size `depth` with `on` where the index says and `off` elsewhere, float32: [...i] to [...i, depth]. An
 * index out of range gives a row of `off`. No gradient flows.
 *
 * @param indices - int32
 * @param depth - a positive integer
 * @throws LockstepError DTYPE_MISMATCH, BAD_OPTION
 */
export function oneHot(indices: Node, depth: number, { on = 1, off = 0 }: OneHotOptions = {}): Node {
  requireDType('oneHot', [indices], ['int32']);
  if (!Number.isInteger(depth) || depth < 1)
    throw new LockstepError('BAD_OPTION', 'the depth does not fit', {
      where: { op: 'oneHot', field: 'depth' },
      got: `${depth}`,
      wanted: 'a positive integer',
    });
  const hot = equal(expandDims(indices, -1), iota({ shape: [depth] }));
  return where(hot, on, off);
}
