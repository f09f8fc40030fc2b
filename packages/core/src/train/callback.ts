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
   * @param variables - read the weights as they are now
   */
  onEpoch(epoch: EpochEvent, variables: () => Variables): CallbackAnswer | Promise<CallbackAnswer>;
}
