import { defineRun, type Run, RunControl, type RunState } from '@lockstep/core';
import { describe, expect, it } from 'vitest';
import { smallRunOptions } from '../../../core/src/train/testing/smallRun.ts';
import type { LocalMode } from './mode.ts';
import { trainLocal } from './testing/trainLocal.ts';

/** Rounds of 6 steps, in epochs of 8; those that end there, and at 15, where a callback is called, are shorter. */
const mode: LocalMode = { name: 'local', replicas: 3, steps: 2, outerMomentum: 0.5 };
const kept = (everySteps?: number): Run =>
  defineRun({
    ...smallRunOptions,
    batchSize: 3,
    epochs: 2,
    callbacks: [{ everySteps: 15, onStep: () => undefined }],
    ...(everySteps !== undefined && { checkpoint: { everySteps } }),
  });

describe('how a run of replicas is kept', () => {
  const undisturbed = trainLocal(kept(), mode, { workers: 1 });

  it.each([
    [1, 1, [6, 8, 14, 15, 16]],
    [3, 2, [6, 14, 15]],
    [7, 1, [8, 14]],
  ])('changes no bit: every %d steps, %d workers', async (everySteps, workers, savedAt) => {
    const states: RunState[] = [];
    const onSave = (state: RunState): void => void states.push(structuredClone(state));
    expect(await trainLocal(kept(everySteps), mode, { workers, onSave })).toEqual(await undisturbed);
    // The last one is that of the end.
    expect(states.map(({ loop }) => loop.stepsMade)).toEqual([...savedAt, 16]);
    const [first] = states;
    if (first === undefined) throw new Error('nothing was saved');
    expect(await trainLocal(kept(), mode, { workers: 1, resume: first })).toEqual(await undisturbed);
  });

  it('changes no bit when it is stopped and goes on', async () => {
    const control = new RunControl();
    let last: RunState | undefined;
    const onSave = (state: RunState): void => {
      control.stop();
      last = structuredClone(state);
    };
    const { steps } = await trainLocal(kept(3), mode, { workers: 2, control, onSave });
    expect(steps).toBe(6);
    if (last === undefined) throw new Error('nothing was saved');
    expect(await trainLocal(kept(5), mode, { workers: 1, resume: last })).toEqual(await undisturbed);
  });
});
