import type { DoneEvent } from '../train/events.ts';
import type { RunState } from '../train/runState.ts';
import type { Variables } from '../train/variables.ts';

/** A value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** A run as plain data: what it resolved to. */
export type RunDescription = Readonly<Record<string, Json>>;

/** All that a run has come to, and of which run it is. */
export interface Checkpoint {
  /** Of the definition of strict bits that the run is made by. */
  readonly numericsVersion: number;
  readonly name: string;
  readonly seed: number;
  /** What the run resolved to: `describeRun`. */
  readonly configuration: RunDescription;
  /** How data is prepared for the model: `describePreprocessing`. */
  readonly preprocessing: RunDescription;
  readonly state: RunState;
  /** Only if the run is over. */
  readonly done?: DoneEvent;
}

/** The variables to evaluate and predict with: those of the weights hash if the run is over, else the newest ones. */
export function trainedVariables({ state, done }: Checkpoint): Variables {
  return (done && state.loop.best?.variables) ?? state.variables;
}
