import { describe, expect, it } from 'vitest';
import { requestBits, slots } from './layout.ts';
import { type Exploration, explore, wander } from './testing/explore.ts';
import { groupModel } from './testing/groupModel.ts';
import type { GroupParts } from './testing/groupParts.ts';
import {
  ForgetsRequests,
  FreesBeforeReset,
  KeepsArrivals,
  KeepsCommand,
  SharesSleepers,
  TakesCommandEarly,
} from './testing/mutants.ts';

/** More of them with RANDOM_WALKS=10000. */
const walks = Number(process.env['RANDOM_WALKS'] ?? 100);

/** States after which it is given up. */
const limit = walks < 5000 ? 400_000 : 1_500_000;

/** Xorshift; Marsaglia 2003. */
function randomIntegers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

describe('every interleaving of a group, from its first command to its end', () => {
  it.each([
    { size: 1, rounds: 2, kills: 2 },
    { size: 2, rounds: 1 },
    { size: 2, rounds: 1, kills: 1 },
    // Half a million states, and a million.
    ...(walks < 5000
      ? []
      : [
          { size: 2, rounds: 1, timeouts: 1 },
          { size: 2, rounds: 1, commands: 2, kills: 1 },
        ]),
  ])(
    'ends with the command done, whoever dies or oversleeps, and when: %o',
    { timeout: 300_000 },
    (options) => {
      const { problem, ends } = explore(groupModel(options), limit);
      expect(problem).toBeUndefined();
      expect(ends).toBeGreaterThan(0);
    },
  );
});

describe('interleavings at random', () => {
  it.each([
    { size: 2, rounds: 3, kills: 2, timeouts: 2 },
    { size: 2, rounds: 1, commands: 3, kills: 2, timeouts: 1 },
    { size: 3, rounds: 2, kills: 2, timeouts: 2 },
    { size: 3, rounds: 2, commands: 2, kills: 2, failing: true },
    { size: 5, rounds: 3, kills: 3, timeouts: 3 },
  ])('end with the command done: %o', { timeout: 60_000 + 100 * walks }, (options) => {
    const { problem, ends } = wander(groupModel(options), walks, randomIntegers(options.size));
    expect(problem).toBeUndefined();
    expect(ends).toBe(walks);
  });
});

describe('a stop that was published just when a rank died', () => {
  // Requested before anything else, so the command that counts has to end with it.
  const explored = (parts: Partial<GroupParts>): Exploration => {
    const model = groupModel({ size: 2, rounds: 2, kills: 2, timeouts: 1, outcome: 'stopped', parts });
    const initial = new Map(model.initial).set(slots.requests, requestBits.stop);
    return wander({ ...model, initial }, 500, randomIntegers(7));
  };

  it('is published again', () => {
    expect(explored({}).problem).toBeUndefined();
  });

  it('is found missing when the recovery forgets it', () => {
    const { problem } = explored({ reset: (exited) => new ForgetsRequests(exited) });
    expect(problem?.what).toBe('the command did not end as stopped');
  });
});

describe('the model checker finds what is wrong with', () => {
  it.each<[string, Partial<GroupParts>]>([
    ['a lost command that is taken up', { acknowledge: (rank, command) => new KeepsCommand(rank, command) }],
    ['one count for sleepers of all kinds', { acknowledge: (rank) => new SharesSleepers(rank) }],
    ['arrivals that outlive the recovery', { reset: (exited) => new KeepsArrivals(exited) }],
    ['survivors that are freed too early', { reset: (exited) => new FreesBeforeReset(exited) }],
  ])('%s', (_, parts) => {
    expect(explore(groupModel({ size: 2, rounds: 1, kills: 1, parts }), limit).problem).toBeDefined();
  });

  it('a command that counts as lost too early', () => {
    // A rank dies between two commands. The others acknowledge, and then the host posts the second one.
    const parts = { acknowledge: (rank: number) => new TakesCommandEarly(rank) };
    const model = groupModel({ size: 2, rounds: 1, commands: 2, kills: 1, parts });
    expect(wander(model, 2000, randomIntegers(3)).problem).toBeDefined();
  });
});
