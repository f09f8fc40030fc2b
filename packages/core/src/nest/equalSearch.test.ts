import { describe, expect, it } from 'vitest';
import { computedPoints } from './computedPoints.ts';
import { asEqualSearch } from './equalSearch.ts';
import type { Nest } from './nest.ts';
import { axis, i32, primitive, reduced, type Scalar } from './scalar.ts';

const length = 10;
const keyAt = (at: number): Scalar => ({ kind: 'load', type: 'i32', tensor: 0, index: [axis(at)] });
const equal = primitive('intEqual', keyAt(1), keyAt(0));
const after = primitive('maskAnd', primitive('intLess', axis(0), axis(1)), equal);

function search(guard: Scalar | undefined, changes: Partial<Nest> = {}): Nest {
  const positions = { size: length, batch: false };
  const term = primitive('intToFloat', axis(1));
  return {
    name: 'search',
    axes: [positions, positions],
    reduction: { axis: 1, kind: 'min', rule: 'ordered', term, ...(guard && { guard }) },
    stores: [{ tensor: 1, index: [axis(0)], value: primitive('floatToInt', reduced) }],
    ...changes,
  };
}

describe('asEqualSearch', () => {
  it('knows the search for first positions and for next ones', () => {
    expect(asEqualSearch(search(equal))).toEqual({ which: 'first', length, key: keyAt(1), position: 1 });
    expect(asEqualSearch(search(after))).toEqual({ which: 'next', length, key: keyAt(1), position: 1 });
  });

  it.each<[string, Nest]>([
    ['no guard', search(undefined)],
    ['another order', search(primitive('maskAnd', primitive('intLess', axis(1), axis(0)), equal))],
    ['another relation', search(primitive('intLess', keyAt(1), keyAt(0)))],
    ['two different keys', search(primitive('intEqual', keyAt(1), primitive('intAdd', keyAt(0), i32(1))))],
    [
      'a guard on the result',
      search(equal, { stores: search(equal).stores.map((store) => ({ ...store, guard: equal })) }),
    ],
    ['two results', search(equal, { stores: [...search(equal).stores, ...search(equal).stores] })],
    [
      'something else that is stored',
      search(equal, {
        stores: [
          {
            tensor: 1,
            index: [axis(0)],
            value: primitive('intAdd', primitive('floatToInt', reduced), i32(1)),
          },
        ],
      }),
    ],
    [
      'two lists',
      search(equal, {
        axes: [
          { size: 3, batch: false },
          { size: length, batch: false },
        ],
      }),
    ],
  ])('is no search: %s', (_, nest) => {
    expect(asEqualSearch(nest)).toBeUndefined();
    expect(computedPoints(nest)).toBe(nest.axes.reduce((product, { size }) => product * size, 1));
  });

  it('counts as one look at each position', () => {
    expect(computedPoints(search(equal))).toBe(length);
    const chain = { start: axis(0), next: keyAt(1) };
    const sum: Nest = {
      ...search(undefined),
      reduction: { axis: 1, kind: 'sum', rule: 'ordered', term: primitive('intToFloat', axis(1)), chain },
    };
    expect(computedPoints(sum)).toBe(length);
  });
});
