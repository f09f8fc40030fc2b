import { describe, expect, it } from 'vitest';
import { epochOrder, permutation } from './order.ts';

/** Philox4x32-10 once more, straight from the paper in big integers. */
function philox(counter: readonly bigint[], key: readonly bigint[]): bigint[] {
  const word = 0xffffffffn;
  let [c0 = 0n, c1 = 0n, c2 = 0n, c3 = 0n] = counter;
  let [k0 = 0n, k1 = 0n] = key;
  for (let round = 0; round < 10; round++) {
    const p0 = 0xd2511f53n * c0;
    const p1 = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & word, (p0 >> 32n) ^ c3 ^ k1, p0 & word];
    [k0, k1] = [(k0 + 0x9e3779b9n) & word, (k1 + 0xbb67ae85n) & word];
  }
  return [c0, c1, c2, c3];
}

/** FNV-1a of 'shuffle', from its definition. */
const shuffleWord = [...'shuffle'].reduce(
  (hash, letter) => ((hash ^ BigInt(letter.charCodeAt(0))) * 0x01000193n) & 0xffffffffn,
  0x811c9dc5n,
);

describe('epochOrder', () => {
  it('is the shuffle that its description says', () => {
    const seed = 2 ** 40 + 7;
    const rows = 11;
    const words = Array.from({ length: 3 }, (_, block) =>
      philox([BigInt(block), 0n, 5n, shuffleWord], [BigInt(seed) & 0xffffffffn, BigInt(seed) >> 32n]),
    ).flat();
    const expected = Array.from({ length: rows }, (_, row) => row);
    for (let last = rows - 1; last > 0; last--) {
      const other = Number(words[rows - 1 - last]! % BigInt(last + 1));
      [expected[last], expected[other]] = [expected[other]!, expected[last]!];
    }
    expect([...epochOrder(seed, 5, rows)]).toEqual(expected);
  });

  it('has every row once, and depends on seed, epoch and purpose', () => {
    const order = epochOrder(1, 0, 1000);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, row) => row));
    const others = [epochOrder(2, 0, 1000), epochOrder(1, 1, 1000), permutation(1, 'split', 0, 1000)];
    for (const other of others) expect([...other]).not.toEqual([...order]);
    expect([...epochOrder(0, 0, 1)]).toEqual([0]);
    expect([...epochOrder(0, 0, 0)]).toEqual([]);
  });

  it('takes every order of three rows equally often', () => {
    const counts = new Map<string, number>();
    for (let epoch = 0; epoch < 6000; epoch++) {
      const order = epochOrder(9, epoch, 3).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(counts.size).toBe(6);
    // 5 degrees of freedom: above 20.5 in one of a thousand cases.
    expect(chiSquare).toBeLessThan(20.5);
  });
});
