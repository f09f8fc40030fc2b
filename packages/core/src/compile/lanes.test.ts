import { describe, expect, it } from 'vitest';
import { defaultLanes, laneBoundaries, laneTree } from './lanes.ts';

describe('defaultLanes', () => {
  it.each([
    [1, 1],
    [63, 1],
    [64, 2],
    [127, 2],
    [128, 4],
    [255, 4],
    [256, 8],
    [100_000, 8],
  ])('%i rows are cut into %i lanes', (rows, lanes) => {
    expect(defaultLanes(rows)).toBe(lanes);
  });
});

describe('laneBoundaries', () => {
  it('gives the first lanes one row more when the batch does not divide', () => {
    expect(laneBoundaries(13, 4)).toEqual([0, 4, 7, 10, 13]);
    expect(laneBoundaries(12, 4)).toEqual([0, 3, 6, 9, 12]);
  });

  it('leaves the last lanes empty when there are more lanes than rows', () => {
    expect(laneBoundaries(2, 4)).toEqual([0, 1, 2, 2, 2]);
  });
});

describe('laneTree', () => {
  /** What comes out at slot 0 when lanes are strings and addition writes brackets. */
  const bracketed = (lanes: number): string | undefined => {
    const slots = Array.from({ length: lanes }, (_, lane) => String(lane));
    for (const { into, from } of laneTree(lanes)) slots[into] = `(${slots[into]}+${slots[from]})`;
    return slots[0];
  };

  it.each([
    [1, '0'],
    [2, '(0+1)'],
    [3, '((0+1)+2)'],
    [5, '(((0+1)+(2+3))+4)'],
    [6, '(((0+1)+(2+3))+(4+5))'],
    [7, '(((0+1)+(2+3))+((4+5)+6))'],
    [8, '(((0+1)+(2+3))+((4+5)+(6+7)))'],
  ])('pairs neighbours of %i lanes level by level', (lanes, tree) => {
    expect(bracketed(lanes)).toBe(tree);
  });
});
