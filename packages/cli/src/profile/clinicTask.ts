import type { RunSettings } from '@lockstep/core';
import type { Limits, Sharing } from './recording.ts';

/** What the process that clinic watches is to train. */
export interface ClinicTask {
  readonly file: string;
  readonly changes: RunSettings;
  /** None: in its one thread, without workers. */
  readonly sharing?: Sharing;
  readonly limits: Limits;
}
