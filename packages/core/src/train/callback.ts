import type { EpochEvent, StepEvent } from './events.ts';
import type { Variables } from './variables.ts';

/** What a callback may ask of the run. */
export interface CallbackCommands {
  /** From the next step on, in place of the run's schedule; what `reduceOnPlateau` has taken off is given back. */
  readonly setLearningRate?: number;
  /** Hand the state of the run to whoever keeps it (`onSave`). */
  readonly save?: boolean;
  /** End the run here, after all else that is asked. */
  readonly stop?: boolean;
}

/** What a callback answers: nothing to go on, `stop`, or what else it asks. */
export type CallbackAnswer = 'stop' | CallbackCommands | undefined;

/** Where a run meets its callbacks: an epoch is over, or some steps of one are made. */
export type RendezvousEvent = EpochEvent | StepEvent;

/**
 * Functions of yours that a run calls on the thread that it was started on. It says beforehand how often it wants to be
 * called, since the run waits for the answer, wherever it is made. The weights stay as they are meanwhile.
 */
export interface Callback {
  /** Call `onEpoch` after every so many epochs. Default 1. */
  readonly every?: number;
  /** Call `onStep` after every so many steps of the run. Each call is a stop for all workers. Default 1. */
  readonly everySteps?: number;
  /**
   * @param epoch - the epoch that is over
   * @param variables - read the weights as they are now; they may have to be fetched from where the run is made
   */
  onEpoch?(epoch: EpochEvent, variables: () => Promise<Variables>): CallbackAnswer | Promise<CallbackAnswer>;
  /**
   * @param step - the step that is made, with the loss of its mini-batch
   * @param variables - as for `onEpoch`
   */
  onStep?(step: StepEvent, variables: () => Promise<Variables>): CallbackAnswer | Promise<CallbackAnswer>;
}

/** After how many epochs, and after how many steps, callbacks want to be called: one number for each that does. */
export interface CallbackPeriods {
  readonly epochs: readonly number[];
  readonly steps: readonly number[];
}

export function callbackPeriods(callbacks: readonly Callback[]): CallbackPeriods {
  return {
    epochs: callbacks.flatMap(({ onEpoch, every = 1 }) => (onEpoch ? [every] : [])),
    steps: callbacks.flatMap(({ onStep, everySteps = 1 }) => (onStep ? [everySteps] : [])),
  };
}

/** Whether one of the periods ends after so many epochs or steps. */
export function isCallbackDue(periods: readonly number[], count: number): boolean {
  return periods.some((every) => count % every === 0);
}

/** Whether one of the periods has ended since there were `before` epochs or steps. */
export function hasBeenDue(periods: readonly number[], before: number, count: number): boolean {
  return periods.some((every) => Math.floor(count / every) > Math.floor(before / every));
}

/** How many more epochs or steps can be made before one of the periods ends. */
export function untilNext(periods: readonly number[], count: number): number {
  return Math.min(...periods.map((every) => every - (count % every)));
}

/** Calls those that want to be called now, one after another; where two ask for different things, the last one says. */
export async function answerCallbacks(
  callbacks: readonly Callback[],
  event: RendezvousEvent,
  variables: () => Promise<Variables>,
): Promise<CallbackCommands> {
  let commands: CallbackCommands = {};
  for (const callback of callbacks) {
    const { every = 1, everySteps = 1 } = callback;
    const answer =
      event.type === 'epoch'
        ? event.epoch % every === 0 && (await callback.onEpoch?.(event, variables))
        : event.step % everySteps === 0 && (await callback.onStep?.(event, variables));
    if (answer === 'stop') commands = { ...commands, stop: true };
    else if (answer) commands = { ...commands, ...answer };
  }
  return commands;
}
