import { describe, expect, it } from 'vitest';
import { pending, running } from '../shared/machine.ts';
import { SharedWords } from '../shared/words.ts';
import { createRowWords, none, workerSlots } from './rowWords.ts';
import { StepClock } from './stepClock.ts';

/** Integers from 0 to before `below` that look random (Marsaglia 2003, "Xorshift RNGs"). */
function xorshift(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

interface Schedule {
  readonly workers: number;
  readonly bound: number;
  readonly steps: number;
}

/**
 * Drives workers through a row of steps, one access to shared words at a time, in a random order.
 *
 * @returns how far ahead of the slowest a worker was at most when it began a step
 */
function drive({ workers, bound, steps }: Schedule, random: (below: number) => number): number {
  const words = new SharedWords(createRowWords(workers));
  const crew = Array.from({ length: workers }, (_, worker) => ({
    clock: new StepClock(worker, workers, bound),
    slot: workerSlots(worker).clock,
    made: 0,
    isWorking: false,
    isOver: false,
  }));
  let left = steps;
  let most = 0;
  for (const { clock } of crew) clock.begin(0);
  for (let turns = 0; crew.some(({ isOver }) => !isOver); turns += 1) {
    if (turns > 1000 * steps * workers) throw new Error('the workers stand still');
    const busy = crew.filter(({ isOver }) => !isOver);
    const worker = busy[random(busy.length)];
    if (worker === undefined) break;
    if (worker.isWorking) {
      worker.isWorking = false;
      worker.made += 1;
      words.store(worker.slot, worker.made);
      worker.clock.begin(worker.made);
      continue;
    }
    const looked = worker.clock.step(words);
    if (looked === running) continue;
    if (looked === pending) {
      worker.clock.begin(worker.made);
      continue;
    }
    const others = busy.map(({ made }) => made);
    most = Math.max(most, worker.made - Math.min(...others));
    if (left === 0) {
      worker.isOver = true;
      words.store(worker.slot, none);
    } else {
      left -= 1;
      worker.isWorking = true;
    }
  }
  return most;
}

describe('10,000 random schedules of workers with clocks', () => {
  it.each([0, 1, 2, 5])('never exceed a bound of %i, and reach it', (bound) => {
    const random = xorshift(bound + 1);
    let most = 0;
    for (let schedule = 0; schedule < 2500; schedule += 1) {
      const workers = 2 + random(4);
      const ahead = drive({ workers, bound, steps: 1 + random(40) }, random);
      expect(ahead).toBeLessThanOrEqual(bound);
      most = Math.max(most, ahead);
    }
    expect(most).toBe(bound);
  });
});
