import { checkOptions, either, flag, object, positive, positiveInteger } from '../options.ts';
import type { CallbackPeriods } from './callback.ts';
import { type MonitorOptions, monitorRules } from './monitor.ts';

/**
 * How often the state of a run is saved, besides at its end, and what is kept of that. Without any of the three periods it is
 * twice a minute.
 */
export interface CheckpointOptions {
  /** Save after every so many steps of the run, inside an epoch too; in mode `local`, once the replicas have met after them. */
  readonly everySteps?: number;
  /** Save after every so many epochs. */
  readonly everyEpochs?: number;
  /** Save when so many minutes have passed since the last time. */
  readonly everyMinutes?: number;
  /** Newest checkpoints that are kept. Default 3. */
  readonly keepLast?: number;
  /**
   * Keep the best of the checkpoints that were saved between two epochs too, and which it is: `true` goes by the lowest `valLoss`,
   * else `loss`. Default false.
   */
  readonly keepBest?: boolean | MonitorOptions;
}

/** Minutes between two checkpoints of a run that does not say. */
export const defaultMinutes = 0.5;
/** Checkpoints that are kept of a run that does not say. */
export const defaultKeepLast = 3;

/** @throws LockstepError UNKNOWN_OPTION or BAD_OPTION */
export function checkCheckpoint(options: CheckpointOptions): void {
  checkOptions('run.checkpoint', options, {
    everySteps: positiveInteger,
    everyEpochs: positiveInteger,
    everyMinutes: positive,
    keepLast: positiveInteger,
    keepBest: either(flag, object('what to go by, such as { monitor: "val.accuracy" }')),
  });
  if (typeof options.keepBest === 'object')
    checkOptions('run.checkpoint.keepBest', options.keepBest, monitorRules);
}

/** Where the loop itself has to stop and save; minutes are somebody else's. */
export function savePeriods(options: CheckpointOptions | undefined): CallbackPeriods {
  const { everySteps, everyEpochs } = options ?? {};
  return {
    steps: everySteps === undefined ? [] : [everySteps],
    epochs: everyEpochs === undefined ? [] : [everyEpochs],
  };
}

/** Minutes between two checkpoints, if any pass. */
export function saveMinutes({
  everySteps,
  everyEpochs,
  everyMinutes,
}: CheckpointOptions): number | undefined {
  return everyMinutes ?? (everySteps === undefined && everyEpochs === undefined ? defaultMinutes : undefined);
}
