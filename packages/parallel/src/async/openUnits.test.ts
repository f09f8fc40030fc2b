import { describe, expect, it } from 'vitest';
import { OpenUnits } from './openUnits.ts';

describe('OpenUnits', () => {
  it('has all steps made in order', () => {
    const open = new OpenUnits(4);
    expect(open.next).toEqual([0, 1, 2, 3]);
    open.close([1, 0]);
    expect([open.made, open.holes, open.next]).toEqual([2, [], [2, 3]]);
    open.close([2, 3]);
    expect([open.made, open.next]).toEqual([4, []]);
  });

  it('has what was left out made first', () => {
    const open = new OpenUnits(6);
    open.close([0, 2, 4]);
    expect([open.holes, open.next]).toEqual([
      [1, 3],
      [1, 3],
    ]);
    open.close([3]);
    expect(open.next).toEqual([1]);
    open.close([1]);
    expect([open.made, open.holes, open.next]).toEqual([5, [], [5]]);
  });
});
