import { plainAxis } from './analysis.ts';
import type { Scalar } from './scalar.ts';

/** An index along a part of a tensor: an axis of the nest plus a constant that is not negative. */
export interface ShiftedAxis {
  readonly axis: number;
  readonly by: number;
}

/** The axis that an index expression is, moved by a constant; undefined for anything else. */
export function shiftedAxis(index: Scalar | undefined): ShiftedAxis | undefined {
  const axis = plainAxis(index);
  if (axis !== undefined) return { axis, by: 0 };
  if (index?.kind !== 'primitive' || index.name !== 'intAdd') return undefined;
  const [moved, constant] = index.args;
  if (constant?.kind !== 'constant' || constant.value < 0) return undefined;
  const inner = shiftedAxis(moved);
  return inner && { axis: inner.axis, by: inner.by + constant.value };
}
