import type { RunSettings } from '@lockstep/core';
import type { ReduceChoice, Workers } from '@lockstep/parallel';
import type { Limits } from './recording.ts';

/** What the process that clinic watches is to train. */
export interface ClinicTask {
  readonly file: string;
  readonly changes: RunSettings;
  /** Undefined: in its one thread, without workers. */
  readonly workers: Workers | undefined;
  readonly reduce: ReduceChoice;
  readonly limits: Limits;
}
