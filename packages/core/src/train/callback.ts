import type { EpochEvent } from './events.ts';
import type { Variables } from './variables.ts';

/** What a callback answers: nothing to go on, or `stop`. */
export type CallbackAnswer = 'stop' | undefined;

/** A function of yours that a run calls between two epochs. The run waits for it. */
export interface Callback {
  /** Call after every so many epochs. Default 1. */
  readonly every?: number;
  /**
   * @param epoch - the epoch that is over
   * @param variables - read the weights as they are now; they may have to be fetched from where the run is made
   */
  onEpoch(epoch: EpochEvent, variables: () => Promise<Variables>): CallbackAnswer | Promise<CallbackAnswer>;
}

/** Whether one of the callbacks, each with its period, is called after an epoch (counted from 1). */
export function isCallbackDue(periods: readonly number[], epoch: number): boolean {
  return periods.some((every) => epoch % every === 0);
}

/** Calls those that want to be called after this epoch, one after another; `stop` if one of them says so. */
export async function answerCallbacks(
  callbacks: readonly Callback[],
  event: EpochEvent,
  variables: () => Promise<Variables>,
): Promise<CallbackAnswer> {
  let answer: CallbackAnswer;
  for (const callback of callbacks)
    if (isCallbackDue([callback.every ?? 1], event.epoch))
      answer = (await callback.onEpoch(event, variables)) ?? answer;
  return answer;
}
