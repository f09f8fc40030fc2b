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

/** What an epoch means for a run that may stop early. */
export interface Verdict {
  readonly improved: boolean;
  readonly stop: boolean;
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
 * Judges one epoch after another. The values are float64 sums in fixed order, so a run stops at the same epoch wherever
 * it runs. A value that is not a number is no improvement.
 *
 * @returns a function to call once an epoch; it throws LockstepError UNKNOWN_OPTION for a monitor there is not
 */
export function earlyStopping(options: EarlyStoppingOptions): (epoch: EpochEvent) => Verdict {
  const { patience = 1, minDelta = 0 } = options;
  let best: number | undefined;
  let waited = 0;
  return (epoch) => {
    const values = monitored(epoch);
    const monitor = options.monitor ?? (values.has('valLoss') ? 'valLoss' : 'loss');
    const value = values.get(monitor);
    if (value === undefined)
      throw unknownName('value to monitor', monitor, [...values.keys()], { field: 'earlyStopping.monitor' });
    const mode = options.mode ?? (/accuracy$/i.test(monitor) ? 'max' : 'min');
    const gain = best === undefined ? Number.POSITIVE_INFINITY : mode === 'min' ? best - value : value - best;
    const improved = !Number.isNaN(value) && gain > minDelta;
    if (improved) {
      best = value;
      waited = 0;
    } else waited += 1;
    return { improved, stop: waited >= patience };
  };
}
