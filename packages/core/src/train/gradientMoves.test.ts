import { expect, it } from 'vitest';
import { chooseMoves } from './gradientMoves.ts';

const shape = [3, 2, 5];
const gradient = Float64Array.from({ length: 30 }, (_, at) =>
  at === 17 ? -9 : at === 4 ? 5 : (at % 3) / 10,
);
const options = { directions: 3, elements: 6, path: 'layers.0.weight', seed: 1 };
const moves = chooseMoves(gradient, shape, options);
const positions = moves.map(({ direction }) => direction.indexOf(1));

it('moves in different directions of length 1, all elements by the same amount', () => {
  const directions = moves
    .filter(({ moved }) => moved === 'direction')
    .map(({ direction }) => [...direction]);
  expect(directions).toHaveLength(3);
  expect(new Set(directions.map(String)).size).toBe(3);
  for (const direction of directions) {
    for (const value of direction) expect(Math.abs(value)).toBe(1 / Math.sqrt(30));
    const up = direction.filter((value) => value > 0).length;
    expect(up).toBeGreaterThan(5);
    expect(up).toBeLessThan(25);
  }
});

it('moves single elements, each once, the one with the greatest gradient first', () => {
  const chosen = positions.slice(3);
  expect(chosen.slice(0, 2)).toEqual([17, 4]);
  expect(new Set(chosen).size).toBe(6);
  for (const { direction } of moves.slice(3))
    expect(direction.filter((value) => value !== 0)).toEqual(Float64Array.of(1));
});

it('says which index an element has', () => {
  for (const [at, { moved }] of moves.entries()) {
    if (moved === 'direction') continue;
    const [i = 0, j = 0, k = 0] = moved;
    expect((i * 2 + j) * 5 + k).toBe(positions[at]);
  }
});

it('moves the only element of a scalar, however many are asked for', () => {
  const [, , , ...elements] = chooseMoves(Float64Array.of(2), [], options);
  expect(elements).toEqual([{ moved: [], direction: Float64Array.of(1) }]);
});
