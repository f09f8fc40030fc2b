import { laneBoundaries } from '../compile/lanes.ts';
import type { Reduction } from '../nest/nest.ts';

/** Terms that are added in one chain before their sum joins the total. */
export const chunkTerms = 512;

/** A run of consecutive terms. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** How lane sums are combined: a leaf is a lane. */
export type LaneTree = Range | readonly [LaneTree, LaneTree];

export const isLane = (tree: LaneTree): tree is Range => !Array.isArray(tree);

/** Lanes of a sum over the mini-batch, or one lane with all terms for any other sum; neighbours are paired, an odd last one goes up unchanged. */
export function laneTree(reduction: Reduction, size: number, batchSize: number, lanes: number): LaneTree {
  const bounds =
    reduction.rule === 'batch' && batchSize > 0
      ? laneBoundaries(batchSize, lanes).map((bound) => (bound * size) / batchSize)
      : [0, size];
  if (reduction.lane !== undefined)
    return { start: bounds[reduction.lane] ?? 0, end: bounds[reduction.lane + 1] ?? 0 };
  let level: LaneTree[] = bounds.slice(1).map((end, at) => ({ start: bounds[at] ?? 0, end }));
  while (level.length > 1) {
    const pairs: LaneTree[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at], level[at + 1]];
      if (left !== undefined) pairs.push(right === undefined ? left : [left, right]);
    }
    level = pairs;
  }
  return level[0] ?? { start: 0, end: 0 };
}

export function lanesOf(tree: LaneTree): readonly Range[] {
  return isLane(tree) ? [tree] : [...lanesOf(tree[0]), ...lanesOf(tree[1])];
}
