import { checkOptions, positiveInteger } from '../options.ts';

/** What is written for TensorBoard besides numbers. */
export interface TensorboardOptions {
  /** Histograms of the weights after every so many epochs. Default: none. */
  readonly histograms?: number;
}

/** @throws LockstepError UNKNOWN_OPTION or BAD_OPTION */
export function checkTensorboard(options: TensorboardOptions): void {
  checkOptions('run.tensorboard', options, { histograms: positiveInteger });
}
