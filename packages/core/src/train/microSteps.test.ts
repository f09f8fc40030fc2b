import { describe, expect, it } from 'vitest';
import { laneBoundaries, laneTree } from '../compile/lanes.ts';
import { checkMicroBatch, keptLevels, microSteps } from './microSteps.ts';

const join = (left: string, right: string): string => `(${left}+${right})`;

/** The tree of lanes, written out; lanes without rows are left out. */
function tree(sizes: readonly number[], firstLane = 0): string {
  const sums: (string | undefined)[] = sizes.map((rows, lane) =>
    rows > 0 ? String(firstLane + lane) : undefined,
  );
  for (const { into, from } of laneTree(sizes.length)) {
    const [left, right] = [sums[into], sums[from]];
    if (left !== undefined && right !== undefined) sums[into] = join(left, right);
  }
  return sums[0] ?? '';
}

const sizesOf = (rows: number, lanes: number): readonly number[] => {
  const boundaries = laneBoundaries(rows, lanes);
  return boundaries.slice(1).map((end, lane) => end - (boundaries[lane] ?? 0));
};

describe('micro-steps', () => {
  it('have the lanes of the mini-batch, and their sums its tree, for every number of lanes', () => {
    for (let lanes = 1; lanes <= 33; lanes++)
      for (const batchSize of [3, 32, 33, 70, 97])
        for (const fit of [1, 2, 5, lanes]) {
          const microBatch = fit * Math.ceil(batchSize / lanes);
          const steps = microSteps(batchSize, lanes, microBatch);
          const kept: string[] = [];
          let lane = 0;
          let row = 0;
          for (const step of steps) {
            expect(step.rows).toBeLessThanOrEqual(microBatch);
            expect(step.start).toBe(row);
            let sum = tree(sizesOf(step.rows, step.lanes), lane);
            for (let level = 0; level < step.merges; level++) sum = join(kept[level] ?? '', sum);
            kept[step.merges] = sum;
            lane += step.lanes;
            row += step.rows;
          }
          expect(row).toBe(batchSize);
          const [lowest = 0, ...higher] = keptLevels(steps.length);
          const total = higher.reduce((right, level) => join(kept[level] ?? '', right), kept[lowest] ?? '');
          expect(total).toBe(tree(sizesOf(batchSize, lanes)));
          const cut = steps.flatMap((step) => sizesOf(step.rows, step.lanes));
          expect(cut).toEqual(sizesOf(batchSize, lanes).slice(0, cut.length));
        }
  });

  it('take as many lanes as fit, a power of two', () => {
    const rowsOf = (microBatch: number) => microSteps(100, 8, microBatch).map(({ rows }) => rows);
    expect(rowsOf(13)).toEqual([13, 13, 13, 13, 12, 12, 12, 12]);
    expect(rowsOf(51)).toEqual([26, 26, 24, 24]);
    expect(rowsOf(99)).toEqual([52, 48]);
    expect(rowsOf(100)).toEqual([100]);
  });

  it('are refused when a lane does not fit, with a number of lanes that does', () => {
    expect(() => checkMicroBatch(100, 8, 13)).not.toThrow();
    expect(() => checkMicroBatch(100, 8, 12)).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION', hint: expect.stringContaining('lanes: 9') }),
    );
    expect(() => checkMicroBatch(100, 9, 12)).not.toThrow();
  });
});
