import { makeLocked } from './lockedSteps.ts';
import type { WholeMode } from './mode.ts';
import type { FreeModeDefinition } from './modes.ts';

/** Stale synchronous parallel; see {@link StepClock} for the bound, and {@link makeLocked} for what a step is. */
export const stale: FreeModeDefinition<WholeMode<'stale'>> = {
  helpers: 0,
  slots: () => 1,
  copies: () => false,
  train: (context, { bound }) => makeLocked(context, { bound }),
};
