import type { EpochEvent } from './events.ts';
import { judgeEpoch, type MonitorOptions, type MonitorState } from './monitor.ts';
import type { RateSteering } from './rateSteering.ts';

/** Learning rates that fall when an epoch after another brings nothing. */
export interface ReduceOnPlateauOptions extends MonitorOptions {
  /** Times every learning rate, whatever its schedule. Default 0.1. */
  readonly factor?: number;
  /** Epochs in a row without an improvement before rates fall. Default 10. */
  readonly patience?: number;
  /** Epochs after a fall that are not counted. Default 0. */
  readonly cooldown?: number;
  /** No rate falls below this. Default 0. */
  readonly minimum?: number;
}

/** What there is to remember from one epoch to the next. */
export interface PlateauState extends MonitorState {
  /** Epochs still to come that are not counted. */
  readonly cooling: number;
}

export const noPlateau: PlateauState = { waited: 0, cooling: 0 };

/**
 * Judges an epoch, and lowers the rates after the last of `patience` that brought nothing.
 *
 * @throws LockstepError UNKNOWN_OPTION for a monitor that there is not
 */
export function reduceOnPlateau(
  options: ReduceOnPlateauOptions,
  { cooling, ...before }: PlateauState,
  steering: RateSteering,
  epoch: EpochEvent,
): { readonly plateau: PlateauState; readonly steering: RateSteering } {
  const { factor = 0.1, patience = 10, cooldown = 0, minimum = 0 } = options;
  const { state } = judgeEpoch('run.reduceOnPlateau', options, before, epoch);
  if (cooling > 0) return { plateau: { ...state, waited: 0, cooling: cooling - 1 }, steering };
  if (state.waited < patience) return { plateau: { ...state, cooling: 0 }, steering };
  return {
    plateau: { ...state, waited: 0, cooling: cooldown },
    steering: { ...steering, factor: steering.factor * factor, minimum },
  };
}
