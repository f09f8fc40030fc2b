import { makeLocked } from './lockedSteps.ts';
import type { StaleMode } from './mode.ts';
import type { FreeModeDefinition } from './modes.ts';

export const defaultBound = 4;

/** Stale synchronous parallel; see {@link StepClock} for the bound, and {@link makeLocked} for what a step is. */
export const stale: FreeModeDefinition<StaleMode> = {
  helpers: 0,
  slots: () => 1,
  train: (context, { bound = defaultBound }) => makeLocked(context, { bound }),
};
