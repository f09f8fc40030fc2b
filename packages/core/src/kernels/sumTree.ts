import { laneTree as laneAdditions, laneBoundaries } from '../compile/lanes.ts';
import type { Reduction } from '../nest/nest.ts';

/** A run of consecutive terms. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** How lane sums are combined: a leaf is a lane. */
export type LaneTree = Range | readonly [LaneTree, LaneTree];

export const isLane = (tree: LaneTree): tree is Range => !Array.isArray(tree);

/** The lanes of a sum over the mini-batch in the tree that combines them; any other sum is one lane with all terms. */
export function laneTree(reduction: Reduction, size: number, batchSize: number, lanes: number): LaneTree {
  const bounds =
    reduction.rule === 'batch' && batchSize > 0
      ? laneBoundaries(batchSize, lanes).map((bound) => (bound * size) / batchSize)
      : [0, size];
  if (reduction.lane !== undefined)
    return { start: bounds[reduction.lane] ?? 0, end: bounds[reduction.lane + 1] ?? 0 };
  const sums: LaneTree[] = bounds.slice(1).map((end, at) => ({ start: bounds[at] ?? 0, end }));
  for (const { into, from } of laneAdditions(sums.length)) {
    const [left, right] = [sums[into], sums[from]];
    if (left !== undefined && right !== undefined) sums[into] = [left, right];
  }
  return sums[0] ?? { start: 0, end: 0 };
}

export function lanesOf(tree: LaneTree): readonly Range[] {
  return isLane(tree) ? [tree] : [...lanesOf(tree[0]), ...lanesOf(tree[1])];
}
