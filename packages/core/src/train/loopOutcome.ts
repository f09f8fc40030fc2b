import type { DoneEvent, EpochEvent } from './events.ts';
import type { RateSteering } from './rateSteering.ts';

/** The step whose loss was not finite; the variables are those before it. */
export interface DivergedStep {
  /** Counted from 0. */
  readonly epoch: number;
  /** Which step of the epoch. */
  readonly step: number;
  readonly loss: number;
  readonly steering: RateSteering;
}

/** How a run ended, as plain data. */
export type LoopOutcome =
  | {
      readonly kind: 'ended';
      readonly done: Omit<DoneEvent, 'type'>;
      /** One entry for each whole epoch. */
      readonly history: readonly EpochEvent[];
    }
  | { readonly kind: 'diverged'; readonly at: DivergedStep };
