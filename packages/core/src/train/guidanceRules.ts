import {
  belowOne,
  checkOptions,
  flag,
  nonNegative,
  nonNegativeInteger,
  type OptionRule,
  positiveInteger,
} from '../options.ts';
import { monitorRules } from './monitor.ts';
import type { RunOptions } from './runOptions.ts';

const aFunction: OptionRule = { wanted: 'a function', holds: (value) => typeof value === 'function' };

/**
 * Checks what guides a run from epoch to epoch: early stopping, convergence, plateaus, callbacks.
 *
 * @throws LockstepError UNKNOWN_OPTION or BAD_OPTION naming the field
 */
export function checkGuidance({
  earlyStopping,
  convergence,
  reduceOnPlateau,
  callbacks = [],
}: RunOptions): void {
  if (earlyStopping)
    checkOptions('run.earlyStopping', earlyStopping, {
      ...monitorRules,
      patience: positiveInteger,
      restoreBest: flag,
    });
  if (convergence)
    checkOptions('run.convergence', convergence, {
      monitor: monitorRules.monitor,
      tolerance: nonNegative,
      patience: positiveInteger,
    });
  if (reduceOnPlateau)
    checkOptions('run.reduceOnPlateau', reduceOnPlateau, {
      ...monitorRules,
      factor: belowOne,
      patience: positiveInteger,
      cooldown: nonNegativeInteger,
      minimum: nonNegative,
    });
  for (const [position, callback] of callbacks.entries())
    checkOptions(`run.callbacks.${position}`, callback, {
      every: positiveInteger,
      everySteps: positiveInteger,
      onEpoch: aFunction,
      onStep: aFunction,
    });
}
