import { expect, it } from 'vitest';
import { planBatches } from './batches.ts';

it('cuts rows into full mini-batches and a short one', () => {
  expect(planBatches(29, 8)).toEqual({ batchSize: 8, full: 3, rest: 5 });
  expect(planBatches(24, 8)).toEqual({ batchSize: 8, full: 3, rest: 0 });
  expect(planBatches(29, 8, true)).toEqual({ batchSize: 8, full: 3, rest: 0 });
  expect(planBatches(5, 8)).toEqual({ batchSize: 5, full: 1, rest: 0 });
  expect(planBatches(5, 8, true)).toEqual({ batchSize: 5, full: 1, rest: 0 });
});
