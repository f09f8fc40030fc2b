import type { MonitorOptions, MonitorState } from './monitor.ts';

export interface EarlyStoppingOptions extends MonitorOptions {
  /** The run stops once this many epochs in a row brought no improvement. Default 1. */
  readonly patience?: number;
  /** End with the weights of the best epoch, not those of the last. Default false. */
  readonly restoreBest?: boolean;
}

/** Whether a run ends in this state. */
export function stopsEarly({ patience = 1 }: EarlyStoppingOptions, { waited }: MonitorState): boolean {
  return waited >= patience;
}
