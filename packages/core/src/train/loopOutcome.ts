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

/** How good a run is, or an epoch of it. */
type Judgement = Pick<DoneEvent, 'loss' | 'metrics' | 'tables' | 'valLoss' | 'valMetrics' | 'valTables'>;

/** What a run is judged by: the epoch whose weights it ends with. */
export function judgementOf({ loss, metrics, tables, valLoss, valMetrics, valTables }: Judgement): Judgement {
  return {
    loss,
    metrics,
    ...(tables && { tables }),
    ...(valLoss === undefined ? {} : { valLoss }),
    ...(valMetrics && { valMetrics }),
    ...(valTables && { valTables }),
  };
}
