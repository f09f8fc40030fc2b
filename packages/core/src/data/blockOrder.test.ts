import { describe, expect, it } from 'vitest';
import { blockEpoch, readingOrder } from './blockOrder.ts';
import { permutation } from './order.ts';

describe('the order of an epoch by blocks', () => {
  const shuffle = { rows: 4, window: 3 };
  const rows = 4 * 7 + 2;

  it('has every row once, and rows of a window in its place alone', () => {
    const draw = { seed: 5, epoch: 2 };
    const epoch = blockEpoch(rows, shuffle, draw);
    expect([...epoch.blocks]).toEqual([...permutation(5, 'shuffle', 2, 8)]);
    const sizes = [...epoch.blocks].map((block) => (block === 7 ? 2 : 4));
    const windowRows = [0, 3, 6].map((at) => sizes.slice(at, at + 3).reduce((sum, size) => sum + size, 0));
    expect(epoch.windows).toEqual([0, windowRows[0], (windowRows[0] ?? 0) + (windowRows[1] ?? 0), rows]);
    const taken = Array.from(readingOrder(rows, shuffle, epoch, draw), (reading) => ({
      window: Math.floor(reading / 4 / 3),
      row: (epoch.blocks[Math.floor(reading / 4)] ?? 0) * 4 + (reading % 4),
    }));
    expect(taken.map(({ row }) => row).sort((a, b) => a - b)).toEqual(
      Array.from({ length: rows }, (_, at) => at),
    );
    for (const [position, { window }] of taken.entries())
      expect(epoch.windows.findLastIndex((start) => start <= position)).toBe(window);
  });

  it('draws the rows of each window by a part of its own', () => {
    const draw = { seed: 1, epoch: 0 };
    const one = { rows: 16, window: 1 };
    const epoch = blockEpoch(32, one, draw);
    const order = readingOrder(32, one, epoch, draw);
    expect([...order.slice(0, 16)]).toEqual([...permutation(1, 'shuffle', 0, 16, 1)]);
    expect([...order.slice(16)]).toEqual(Array.from(permutation(1, 'shuffle', 0, 16, 2), (row) => 16 + row));
    expect([...order.slice(0, 16)]).not.toEqual(Array.from(order.slice(16), (row) => row - 16));
  });

  it('differs by epoch, and keeps the order without a draw', () => {
    const orders = [0, 1].map((epoch) => {
      const draw = { seed: 3, epoch };
      return readingOrder(rows, shuffle, blockEpoch(rows, shuffle, draw), draw).join();
    });
    expect(orders[0]).not.toBe(orders[1]);
    const inOrder = readingOrder(rows, shuffle, blockEpoch(rows, shuffle, undefined), undefined);
    expect([...inOrder]).toEqual(Array.from({ length: rows }, (_, row) => row));
  });
});
