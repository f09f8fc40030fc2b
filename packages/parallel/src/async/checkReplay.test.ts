import { describe, expect, it } from 'vitest';
import { checkReplay, type ReplayedRow } from './checkReplay.ts';
import type { FreeMode } from './modes.ts';

const hogwild: FreeMode = { name: 'hogwild' };
const oneSlot: FreeMode = { name: 'server', slots: 1, stalenessAware: false, delayCompensation: 0 };
const twoSlots: FreeMode = { ...oneSlot, slots: 2 };

const read = (worker: number, unit: number): number[] => [2 * worker, unit];
const apply = (worker: number, unit: number): number[] => [2 * worker + 1, unit];

/** A row of two workers and three steps, after which others come. */
const check = (mode: FreeMode, order: readonly number[], row: Partial<ReplayedRow> = {}): void =>
  checkReplay(Int32Array.from(order), { mode, workers: 2, number: 7, isLast: false, units: 3, ...row });

describe('fits', () => {
  it.each<[string, FreeMode, readonly (readonly number[])[]]>([
    [
      'workers by turns',
      hogwild,
      [read(1, 0), read(0, 1), apply(0, 1), read(0, 2), apply(1, 0), apply(0, 2)],
    ],
    ['a row that was stopped', hogwild, [read(0, 0), apply(0, 0)]],
    ['a row that was stopped before it began', hogwild, []],
    ['a server', oneSlot, [read(0, 0), read(1, 1), apply(2, 1), apply(2, 0), read(1, 2), apply(2, 2)]],
    ['a full queue', twoSlots, [read(0, 0), read(0, 1), apply(2, 0), read(0, 2), apply(2, 1), apply(2, 2)]],
  ])('%s', (_, mode, order) => {
    expect(() => check(mode, order.flat())).not.toThrow();
  });

  it('a row that ended at a loss that was not finite', () => {
    const order = [read(0, 0), read(1, 1), apply(2, 1)].flat();
    expect(() => check(oneSlot, order, { isLast: true })).not.toThrow();
  });
});

describe('is refused', () => {
  it.each<[string, FreeMode, readonly (readonly number[])[]]>([
    ['an entry that is none', hogwild, [read(0, 0), [1]]],
    ['an entry that is none', hogwild, [[-1, 0]]],
    ['step 3 of 3', hogwild, [0, 1, 2, 3].flatMap((unit) => [read(0, unit), apply(0, unit)])],
    ['step 2 after 1 steps', hogwild, [read(0, 0), apply(0, 0), read(0, 2), apply(0, 2)]],
    ['step 0 after 1 steps', hogwild, [read(0, 0), read(1, 0)]],
    ['step -1 after 0 steps', hogwild, [read(0, -1)]],
    ['worker 2 of 2', hogwild, [read(2, 0)]],
    ['worker 2 of 2', oneSlot, [read(2, 0)]],
    ['step 0 applied by thread 1 instead of 0', hogwild, [read(0, 0), apply(1, 0)]],
    ['step 0 applied by thread 0 instead of 2', oneSlot, [read(0, 0), apply(0, 0)]],
    ['step 0 applied without', hogwild, [apply(0, 0)]],
    ['step 0 applied without', hogwild, [read(0, 0), apply(0, 0), apply(0, 0)]],
    ['step 1 before step 0', hogwild, [read(0, 0), read(0, 1)]],
    ['step 2 before step 0', twoSlots, [read(0, 0), read(0, 1), apply(2, 1), read(0, 2)]],
    ['never applied', hogwild, [read(0, 0)]],
  ])('%s', (got, mode, order) => {
    const said = expect.objectContaining({ code: 'BAD_OPTION', got: expect.stringContaining(got) });
    expect(() => check(mode, order.flat())).toThrow(said);
  });
});
