import { describe, expect, it } from 'vitest';
import { type GivenOrder, replayedOrders } from './replayedOrders.ts';

it('takes orders as they were kept, and as they are read back from JSON', () => {
  const kept = [Int32Array.of(0, 0, 1, 0), Int32Array.of()];
  const read: number[][] = JSON.parse(JSON.stringify(kept.map((order) => [...order])));
  expect(replayedOrders(kept)).toEqual(kept);
  expect(replayedOrders(read)).toEqual(kept);
});

describe('is refused', () => {
  it.each<[string, unknown]>([
    ['a value of type string', 'x'],
    ['a value of type object', null],
    ['no orders', []],
    ['row 1: a value of type number', [[0, 0], 3]],
    // What JSON makes of an Int32Array.
    ['row 0: a value of type object', [{ 0: 0, 1: 0 }]],
    ['row 0: 0.5 at 1', [[0, 0.5]]],
    ['row 0: 4294967296 at 0', [[2 ** 32, 0]]],
    ['row 0: 1 at 0', [['1', 0]]],
    ['row 0: undefined at 0', [Array(2)]],
  ])('%s', (got, replay) => {
    const refused = expect.objectContaining({ code: 'BAD_OPTION', where: { field: 'replay' }, got });
    expect(() => replayedOrders(replay as GivenOrder[])).toThrow(refused);
  });
});
