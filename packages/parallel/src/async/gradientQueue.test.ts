import { expect, it } from 'vitest';
import { SharedWords } from '../shared/words.ts';
import { GradientQueue } from './gradientQueue.ts';

const open = (): GradientQueue => new GradientQueue(new SharedWords(GradientQueue.create(2, 2)), 2, 2);

it('gives what has waited longest, or what is asked for, and has room again for what was removed', () => {
  const queue = open();
  expect(queue.find()).toBeUndefined();
  queue.put(1, 0, 7, 3, 0);
  queue.put(0, 1, 8, 4, 2);
  queue.put(0, 0, 9, 4, 1);
  expect(queue.find()).toMatchObject({ worker: 1, slot: 0, unit: 7, read: 3 });
  expect(queue.find(8)).toMatchObject({ worker: 0, slot: 1, unit: 8, read: 4 });
  expect(queue.find(10)).toBeUndefined();
  expect([queue.isEmpty(1, 0), queue.isEmpty(1, 1)]).toEqual([false, true]);
  const first = queue.find();
  if (first) queue.remove(first);
  expect(queue.isEmpty(1, 0)).toBe(true);
  expect(queue.find()).toMatchObject({ unit: 9 });
  queue.clear();
  expect(queue.find()).toBeUndefined();
});
