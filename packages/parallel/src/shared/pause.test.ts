import { expect, it } from 'vitest';
import { explore } from './testing/explore.ts';
import { PausesWithoutTicket } from './testing/mutants.ts';
import { pauseModel } from './testing/pauseModel.ts';

const limit = 400_000;

it('in every interleaving all ranks pause at the same step, and none is left behind when a pause is short', () => {
  const { problem, ends } = explore(pauseModel(2, 2), limit);
  expect(problem).toBeUndefined();
  expect(ends).toBeGreaterThan(0);
});

it('the model checker finds a pause that is taken for the one before', () => {
  const { problem } = explore(
    pauseModel(2, 2, (rank) => new PausesWithoutTicket(rank)),
    limit,
  );
  expect(problem).toBeDefined();
});
