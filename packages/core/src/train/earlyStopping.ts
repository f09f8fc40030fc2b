import { unknownName } from '../nameLookup.ts';
import type { EpochEvent } from './events.ts';

export interface EarlyStoppingOptions {
  /** `loss`, `valLoss`, the name of a metric, or `val.` and the name of a metric. Default: `valLoss`, else `loss`. */
  readonly monitor?: string;
  /** The run stops once this many epochs in a row brought no improvement. Default 1. */
  readonly patience?: number;
  /** A change that is not larger than this is no improvement. Default 0. */
  readonly minDelta?: number;
  /** Whether better is smaller or larger. Default: `max` for names that end in accuracy, else `min`. */
  readonly mode?: 'min' | 'max';
  /** End with the weights of the best epoch, not those of the last. Default false. */
  readonly restoreBest?: boolean;
}

/** What there is to remember from one epoch to the next. */
export interface StoppingState {
  /** The best value so far; absent before the first. */
  readonly best?: number;
  /** Epochs in a row that brought no improvement. */
  readonly waited: number;
}

/** What an epoch means for a run that may stop early. */
export interface Verdict {
  readonly improved: boolean;
  readonly state: StoppingState;
}

/** What can be monitored, by name. */
function monitored(epoch: EpochEvent): Map<string, number> {
  const values = new Map<string, number>([['loss', epoch.loss]]);
  if (epoch.valLoss !== undefined) values.set('valLoss', epoch.valLoss);
  for (const [name, value] of Object.entries(epoch.metrics)) values.set(name, value);
  for (const [name, value] of Object.entries(epoch.valMetrics ?? {})) values.set(`val.${name}`, value);
  return values;
}

/**
 * Judges an epoch. The values are float64 sums in fixed order, so a run stops at the same epoch wherever it runs. A
 * value that is not a number is no improvement.
 *
 * @param state - after the epoch before; `{ waited: 0 }` at first
 * @throws LockstepError UNKNOWN_OPTION for a monitor that there is not
 */
export function judgeEpoch(
  options: EarlyStoppingOptions,
  { best, waited }: StoppingState,
  epoch: EpochEvent,
): Verdict {
  const values = monitored(epoch);
  const monitor = options.monitor ?? (values.has('valLoss') ? 'valLoss' : 'loss');
  const value = values.get(monitor);
  if (value === undefined)
    throw unknownName('value to monitor', monitor, [...values.keys()], { field: 'earlyStopping.monitor' });
  const mode = options.mode ?? (/accuracy$/i.test(monitor) ? 'max' : 'min');
  const gain = best === undefined ? Number.POSITIVE_INFINITY : mode === 'min' ? best - value : value - best;
  const improved = !Number.isNaN(value) && gain > (options.minDelta ?? 0);
  if (improved) return { improved, state: { best: value, waited: 0 } };
  return { improved, state: { ...(best === undefined ? {} : { best }), waited: waited + 1 } };
}

/** Whether a run ends in this state. */
export function stopsEarly({ patience = 1 }: EarlyStoppingOptions, { waited }: StoppingState): boolean {
  return waited >= patience;
}
