import type { ProgramPhase } from '@lockstep/core/rank';
import { describe, expect, it } from 'vitest';
import { startAt } from './scatterUpdates.ts';

function recorded(answer: number): { readonly phase: ProgramPhase; readonly made: string[] } {
  const made: string[] = [];
  return {
    made,
    phase: {
      own: () => 0,
      part: (part, parts, step) => {
        made.push(`${part} of ${parts} of ${step}`);
        return answer;
      },
      shared: () => {},
      sharedPieces: 0,
    },
  };
}

describe('startAt', () => {
  it('makes every part once, from the one that it is told', () => {
    const { phase, made } = recorded(0);
    expect(startAt(phase, 2, 4).own(7)).toBe(0);
    expect(made).toEqual(['2 of 4 of 7', '3 of 4 of 7', '0 of 4 of 7', '1 of 4 of 7']);
  });

  it('says that its guard has stopped it', () => {
    expect(startAt(recorded(1).phase, 3, 4).own(0)).toBe(1);
  });
});
