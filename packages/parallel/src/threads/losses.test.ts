import { expect, it } from 'vitest';
import { tooManyLosses } from './losses.ts';

it.each([
  [1, '1 losses, the last of worker 1: it hung'],
  [2, '1 losses, the last of the server: it hung'],
])('too many losses name the last thread that was lost, rank %d of two workers and a server', (rank, got) => {
  expect(tooManyLosses([{ rank, error: new Error('it hung') }], 2, 0, 5)).toMatchObject({ got });
});
