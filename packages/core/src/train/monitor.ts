import { unknownName } from '../nameLookup.ts';
import { nonNegative, type OptionRule } from '../options.ts';
import type { EpochEvent } from './events.ts';

/** Which value of an epoch is looked at, and what counts as better. */
export interface MonitorOptions {
  /** `loss`, `valLoss`, the name of a metric, or `val.` and the name of a metric. Default: `valLoss`, else `loss`. */
  readonly monitor?: string;
  /** A change that is not larger than this is no improvement. Default 0. */
  readonly minDelta?: number;
  /**
   * Whether better is smaller or larger. Default: `max` for names that end in accuracy, auc, f1, precision, recall or r2, else
   * `min`.
   */
  readonly mode?: 'min' | 'max';
}

export const monitorRules: { readonly [K in keyof Required<MonitorOptions>]: OptionRule } = {
  monitor: { wanted: 'a text', holds: (value) => typeof value === 'string' && value !== '' },
  minDelta: nonNegative,
  mode: { wanted: '"min" or "max"', holds: (value) => value === 'min' || value === 'max' },
};

/** What there is to remember from one epoch to the next. */
export interface MonitorState {
  /** The best value so far; absent before the first. */
  readonly best?: number;
  /** Epochs in a row that brought no improvement. */
  readonly waited: number;
}

/** What an epoch means to whoever monitors it. */
export interface Verdict {
  readonly improved: boolean;
  readonly state: MonitorState;
}

/** What can be monitored, by name. */
function monitored(epoch: EpochEvent): ReadonlyMap<string, number> {
  const values = new Map<string, number>([['loss', epoch.loss]]);
  if (epoch.valLoss !== undefined) values.set('valLoss', epoch.valLoss);
  for (const [name, value] of Object.entries(epoch.metrics)) values.set(name, value);
  for (const [name, value] of Object.entries(epoch.valMetrics ?? {})) values.set(`val.${name}`, value);
  return values;
}

/**
 * The value of an epoch that a monitor names.
 *
 * @param field - of the run, for errors: `earlyStopping`
 * @throws LockstepError UNKNOWN_OPTION for a monitor that there is not
 */
export function monitoredValue(
  field: string,
  monitor: string | undefined,
  epoch: EpochEvent,
): { readonly name: string; readonly value: number } {
  const values = monitored(epoch);
  const name = monitor ?? (values.has('valLoss') ? 'valLoss' : 'loss');
  const value = values.get(name);
  if (value === undefined)
    throw unknownName('value to monitor', name, [...values.keys()], { field: `${field}.monitor` });
  return { name, value };
}

/**
 * Judges an epoch. The values are float64 sums in fixed order, so the verdict is the same wherever a run is made. A value
 * that is not a number is no improvement.
 *
 * @param field - of the run, for errors: `earlyStopping`
 * @param state - after the epoch before; `{ waited: 0 }` at first
 * @throws LockstepError UNKNOWN_OPTION for a monitor that there is not
 */
export function judgeEpoch(
  field: string,
  options: MonitorOptions,
  { best, waited }: MonitorState,
  epoch: EpochEvent,
): Verdict {
  const { name, value } = monitoredValue(field, options.monitor, epoch);
  const mode = options.mode ?? (/(accuracy|auc|f1|precision|recall|r2)$/i.test(name) ? 'max' : 'min');
  const gain = best === undefined ? Number.POSITIVE_INFINITY : mode === 'min' ? best - value : value - best;
  const improved = !Number.isNaN(value) && gain > (options.minDelta ?? 0);
  if (improved) return { improved, state: { best: value, waited: 0 } };
  return { improved, state: { ...(best === undefined ? {} : { best }), waited: waited + 1 } };
}
