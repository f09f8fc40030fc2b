import type { CallbackCommands, RendezvousEvent } from './callback.ts';
import type { DoneEvent, TrainingListener } from './events.ts';
import type { MetricResults, MetricTotals } from './metricTotals.ts';
import type { RunControl } from './runControl.ts';
import type { RunState } from './runState.ts';
import type { Tabulate } from './steeredTables.ts';

/** What the loop asks of whoever knows the run and its closures. All arguments and answers are plain data. */
export interface LoopHooks {
  /** Called with every event, in order. */
  readonly emit: TrainingListener;
  /** The optimizer's values from an epoch (counted from 0) on for which the plan has none, or others. */
  readonly tabulate: Tabulate;
  /** What sums over the rows come to, if one of the metrics is more than a mean. */
  finishMetrics(totals: readonly MetricTotals[]): MetricResults | Promise<MetricResults>;
  /** Called after epochs and steps that a callback asked for; the loop waits, and the weights stay as they are meanwhile. */
  onRendezvous?(event: RendezvousEvent): Promise<CallbackCommands>;
  /**
   * Called with the state of the run where it is to be saved (`checkpoint`), or a callback asked for it; the loop waits.
   *
   * @param done - the run is over: what it has come to
   */
  onSave?(state: RunState, done?: DoneEvent): void | Promise<void>;
}

export interface LoopOptions extends LoopHooks {
  /** What is asked of the run while it goes on. */
  readonly control?: RunControl;
  /** Goes on from here, not from the start. */
  readonly resume?: RunState;
  /** That the run has taken before the loop. */
  readonly secondsBefore?: number;
}
