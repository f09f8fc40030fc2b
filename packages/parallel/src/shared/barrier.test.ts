import { describe, expect, it } from 'vitest';
import { AbortGroup, encodeAbort } from './abort.ts';
import { Barrier, defaultSpins, missingRanks } from './barrier.ts';
import { createControlMemory } from './layout.ts';
import { runToEnd } from './machine.ts';
import { barrierModel } from './testing/barrierModel.ts';
import { explore } from './testing/explore.ts';
import {
  CountsSleepersEarly,
  PublishesBeforeReset,
  ReadsGenerationLate,
  SamplesByItself,
  SleepsWithoutComparing,
  StoresGeneration,
  WakesBeforeAbort,
} from './testing/mutants.ts';
import { SharedWords } from './words.ts';

const limit = 300_000;
const why = encodeAbort({ reason: 'failed', rank: 1 });

describe('every interleaving of the barrier', () => {
  it.each([
    { size: 1, rounds: 3 },
    { size: 2, rounds: 4 },
    { size: 2, rounds: 3, spins: 2, asker: true },
    { size: 2, rounds: 3, asker: true, timeouts: 2 },
    { size: 3, rounds: 2, spins: 0 },
    { size: 3, rounds: 2, spins: 1, asker: true },
  ])('keeps ranks together and tells all the same: %o', (options) => {
    const { problem, ends } = explore(barrierModel(options), limit);
    expect(problem).toBeUndefined();
    expect(ends).toBeGreaterThan(0);
  });

  it.each([
    { size: 2, rounds: 2 },
    { size: 2, rounds: 2, absent: 1 },
    { size: 3, rounds: 1, absent: 1, spins: 0 },
  ])('an abort at any point frees everybody: %o', (options) => {
    const others = { aborter: new AbortGroup(why) };
    const { problem, ends } = explore(barrierModel({ ...options, others }), limit);
    expect(problem).toBeUndefined();
    expect(ends).toBeGreaterThan(0);
  });

  it('without an abort, ranks that wait for one who never comes are found asleep', () => {
    const { problem } = explore(barrierModel({ size: 2, rounds: 1, absent: 1 }), limit);
    expect(problem?.what).toBe('all who are not done sleep');
  });
});

describe('the model checker finds what is wrong with', () => {
  it.each([
    ['arriving before the generation is read', ReadsGenerationLate],
    ['publishing before the arrivals are reset', PublishesBeforeReset],
    ['counting the sleepers before publishing', CountsSleepersEarly],
    ['comparing and sleeping in two accesses', SleepsWithoutComparing],
  ])('%s', (_, Mutant) => {
    for (const size of [2, 3]) {
      const makeBarrier = (rank: number, count: number, spins: number): Barrier =>
        new Mutant(rank, count, spins, Number.POSITIVE_INFINITY);
      const { problem } = explore(barrierModel({ size, rounds: 2, spins: 0, makeBarrier }), limit);
      expect(problem?.what).toBe('all who are not done sleep');
    }
  });

  it('requests that every rank takes for itself', () => {
    const makeBarrier = (rank: number, size: number, spins: number): Barrier =>
      new SamplesByItself(rank, size, spins, Number.POSITIVE_INFINITY);
    const { problem } = explore(barrierModel({ size: 2, rounds: 2, asker: true, makeBarrier }), limit);
    expect(problem?.what).toBe('ranks were told different things');
  });

  it('a publication that overwrites an abort', () => {
    const makeBarrier = (rank: number, size: number, spins: number): Barrier =>
      new StoresGeneration(rank, size, spins, Number.POSITIVE_INFINITY);
    const others = { aborter: new AbortGroup(why) };
    const { problem } = explore(barrierModel({ size: 3, rounds: 2, makeBarrier, others }), limit);
    expect(problem?.what).toBe('all who are not done sleep');
  });

  it('an abort that wakes before it says why', () => {
    const others = { aborter: new WakesBeforeAbort(why) };
    const { problem } = explore(barrierModel({ size: 2, rounds: 2, absent: 1, others }), limit);
    expect(problem?.what).toBe('all who are not done sleep');
  });
});

it('names the ranks that have not arrived', () => {
  const words = new SharedWords(createControlMemory(3, 0));
  expect(missingRanks(words, 3)).toEqual([0, 1, 2]);
  const barrier = new Barrier(1, 3, 0, 1);
  barrier.begin(true);
  for (let step = 0; step < 3; step++) barrier.step(words);
  expect(missingRanks(words, 3)).toEqual([0, 2]);
  expect(runToEnd(new AbortGroup(why), words)).toBe(0);
  expect(missingRanks(words, 3)).toEqual([0, 2]);
});

it('spins long only where every rank has a core', () => {
  expect(defaultSpins(2, 2)).toBe(20_000);
  expect(defaultSpins(3, 2)).toBeLessThanOrEqual(200);
});
