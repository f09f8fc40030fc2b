import type { EpochEvent } from './events.ts';
import { monitoredValue } from './monitor.ts';

/** A run that stops once it gets nowhere any more. */
export interface ConvergenceOptions {
  /** As in early stopping. Default `loss`. */
  readonly monitor?: string;
  /** Largest change that counts as none, relative to the value. Default 0.0001. */
  readonly tolerance?: number;
  /** Epochs in a row without a change. Default 3. */
  readonly patience?: number;
}

/**
 * Whether the values of the last `patience` epochs and the one before them all lie within `tolerance` of each other:
 * largest - smallest <= tolerance * largest size.
 *
 * @param history - of all epochs
 * @throws LockstepError UNKNOWN_OPTION for a monitor that there is not
 */
export function hasConverged(options: ConvergenceOptions, history: readonly EpochEvent[]): boolean {
  const { monitor = 'loss', tolerance = 1e-4, patience = 3 } = options;
  const values = history
    .slice(-patience - 1)
    .map((epoch) => monitoredValue('run.convergence', monitor, epoch).value);
  if (values.length <= patience) return false;
  const change = Math.max(...values) - Math.min(...values);
  return change <= tolerance * Math.max(...values.map(Math.abs));
}
