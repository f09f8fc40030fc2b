import { expect, it } from 'vitest';
import { WaitingShare } from './waitingShare.ts';

type State = 'waiting' | 'working' | 'idle';
const ranks = (...states: readonly State[]): readonly { state: State; step: number }[] =>
  states.map((state) => ({ state, step: 7 }));

it('is the share of ranks at work that wait', () => {
  const waiting = new WaitingShare();
  expect(waiting.share).toBeUndefined();
  waiting.look(ranks('idle', 'idle'));
  expect(waiting.share).toBeUndefined();
  waiting.look(ranks('waiting', 'working', 'working', 'idle'));
  expect(waiting.share).toBeCloseTo(1 / 3);
});

it('forgets what was long ago', () => {
  const waiting = new WaitingShare();
  for (let look = 0; look < 500; look += 1) waiting.look(ranks('waiting', 'waiting'));
  for (let look = 0; look < 500; look += 1) waiting.look(ranks('waiting', 'working'));
  expect(waiting.share).toBeCloseTo(0.5, 2);
});

it('counts a rank that is not awake yet when others have begun the next step', () => {
  const waiting = new WaitingShare();
  waiting.look([
    { state: 'working', step: 3 },
    { state: 'working', step: 4 },
  ]);
  expect(waiting.share).toBe(0.5);
});
