import { numericsVersion } from '../numericsVersion.ts';
import type { Run } from '../train/defineRun.ts';
import type { DoneEvent } from '../train/events.ts';
import type { RunState } from '../train/runState.ts';
import type { Checkpoint } from './checkpoint.ts';
import { describePreprocessing, describeRun } from './describeRun.ts';

/**
 * What there is to save of a run.
 *
 * @param state - that `onSave`, `save()` or a `RunControl` gave
 * @param done - if the run is over
 */
export function takeCheckpoint(run: Run, state: RunState, done?: DoneEvent): Checkpoint {
  return {
    numericsVersion,
    name: run.name,
    seed: run.seed,
    configuration: describeRun(run),
    preprocessing: describePreprocessing(run),
    state,
    ...(done && { done }),
  };
}
