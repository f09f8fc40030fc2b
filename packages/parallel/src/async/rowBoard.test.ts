import { expect, it } from 'vitest';
import { SharedWords } from '../shared/words.ts';
import { RowBoard } from './rowBoard.ts';
import { rowSlots } from './rowWords.ts';
import { UnitPlan } from './unitPlan.ts';

const [workers, slots, units] = [2, 2, 8];

it('tells of no step as made whose results are not there', () => {
  const board = new RowBoard({ capacity: units, workers, threads: 3, slots });
  board.prepare(
    Array.from({ length: units }, (_, entry) => ({ program: 1, apply: 2, entry, number: entry })),
  );
  const words = new SharedWords(board.memory.row);
  const plan = new UnitPlan(board.memory.plan);
  const passedWith = (claimed: number, made: readonly number[]): number => {
    words.store(rowSlots.next, claimed);
    for (const unit of made) plan.finish(unit, 0, 0);
    return board.passed;
  };
  expect(passedWith(0, [])).toBe(0);
  // Four of these may be under way, each with two in a queue; of the others the newest are not made yet.
  expect(passedWith(7, [0, 4])).toBe(1);
  expect(passedWith(7, [2])).toBe(3);
  // Each worker has looked for one more.
  expect(passedWith(units + workers, [1, 3, 5])).toBe(6);
  expect(passedWith(units + workers, [6, 7])).toBe(6);
  board.prepare([]);
  expect(board.passed).toBe(0);
});
